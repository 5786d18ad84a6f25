const MOST_NAMES = 6;

/** Who is in the chat room, on whichever server; nothing while that is unknown. */
export function Presence({ members }: { readonly members: readonly string[] }) {
  if (members.length === 0) return null;
  const shown = members.slice(0, MOST_NAMES);
  const more = members.length - shown.length;
  return (
    <p className="presence">
      Here: {shown.join(', ')}
      {more > 0 ? ` and ${more} more` : ''}
    </p>
  );
}
