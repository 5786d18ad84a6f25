import { usualCause } from './usual-cause.js';
import type { Exchange, Walk } from './walk.js';

const MOST_BODY = 600;

/** The walk in words: one line an exchange; if the walk ended early, also its last request and answer and the usual cause. */
export function showWalk({ exchanges, wrong }: Walk): string {
  const lines = exchanges.map(
    ({ request, answer }) => `  ${request.method} ${request.path} → ${answerInWords(answer)}`,
  );
  if (wrong === undefined) return lines.join('\n');
  const last = exchanges.at(-1);
  const cause = usualCause({ exchanges, wrong });
  return [
    ...lines,
    '',
    `✗ ${wrong}`,
    ...(last === undefined ? [] : ['', ...showExchange(last)]),
    ...(cause ? ['', cause] : []),
  ].join('\n');
}

function answerInWords({ status, headers }: Exchange['answer']): string {
  if (status === 0) return 'no answer';
  const cookies = headers['set-cookie']?.split(/,\s*(?=[^;,=\s]+=)/).map((cookie) => cookie.split('=')[0]);
  return [
    status,
    ...(headers.location === undefined ? [] : [`to ${headers.location}`]),
    ...(cookies === undefined ? [] : [`sets ${cookies.join(', ')}`]),
    ...(headers['x-served-by'] === undefined ? [] : [`by ${headers['x-served-by']}`]),
  ].join(', ');
}

function showExchange({ request, answer }: Exchange): string[] {
  const { method, path, form, json, headers = {} } = request;
  const sent =
    form !== undefined
      ? `form ${JSON.stringify(form)}`
      : json !== undefined
        ? `json ${JSON.stringify(json)}`
        : 'no body';
  return [
    'The request:',
    `  ${method} ${path}`,
    ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`),
    `  ${sent}`,
    'The answer:',
    `  ${answer.status}`,
    // The values of cookies are secret.
    ...Object.entries(answer.headers).map(
      ([name, value]) => `  ${name}: ${name === 'set-cookie' ? value.replace(/=[^;,]*/g, '=…') : value}`,
    ),
    ...answer.body
      .slice(0, MOST_BODY)
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}
