/** The closing look ends when the same server has answered this often without a denial. */
const AGREEING_LOOKS = 6;

export interface ClosingLooker {
  /** True while a todo that no server has denied was listed by one server only: another might deny it. */
  readonly wantsSecondOpinion: boolean;
  /** Reads the list; false when a new login was needed for it. */
  lookClosely(): boolean;
}

/** Looks until two servers have answered, since one may deny a todo that the other shows; at most until `isOver`. */
export function lookUntilTwoAnswered(user: ClosingLooker, isOver: () => boolean): void {
  let agreeing = 0;
  while (user.wantsSecondOpinion && agreeing < AGREEING_LOOKS && !isOver()) {
    agreeing = user.lookClosely() ? agreeing + 1 : 0;
  }
}
