import { describe, expect, test } from '@jest/globals';
import { ChunkScanner } from '../src/http1/chunk-scanner.js';
import { RequestHead } from '../src/http1/request-head.js';
import { fuzzedRequest, randomFrom } from './support/fuzz-heads.js';
import { NodeOracle, nothingRead, type Reading } from './support/oracle.js';

const head = new RequestHead({ maxRequestLineBytes: 8192, maxHeadBytes: 16_384, maxHeaders: 100 });

/** What our reader makes of the first request in `bytes`. */
function ourReading(bytes: Buffer): Reading {
  const end = head.read(bytes, 0, bytes.length);
  if (end === 0) return nothingRead;
  if (end < 0) return { ...nothingRead, outcome: 'refused', because: head.fields.fault };
  const { fields } = head;
  const names = Array.from({ length: fields.count }, (_, i) =>
    head.text.slice(fields.nameStarts[i], fields.nameEnds[i]).toLowerCase(),
  );
  const accepted = {
    ...nothingRead,
    outcome: 'accepted' as const,
    method: head.method.name,
    target: head.target,
    names,
  };
  if (head.body === 'none' || head.upgrade !== '') return { ...accepted, body: 'complete' };
  if (head.body === 'length') {
    if (bytes.length < end + head.contentLength) return accepted;
    return { ...accepted, body: 'complete', bodyText: bytes.toString('latin1', end, end + head.contentLength) };
  }
  const scanner = new ChunkScanner(true);
  let bodyText = '';
  const sink = {
    range: (part: Buffer, from: number, to: number): void => {
      bodyText += part.toString('latin1', from, to);
    },
  };
  if (scanner.feed(bytes, end, bytes.length, sink) < 0) return { ...accepted, body: 'refused' };
  return scanner.done ? { ...accepted, body: 'complete', bodyText } : accepted;
}

/**
 * Every way in which we differ from llhttp, and why. What is not listed here is a bug in one of the two. We are always
 * the stricter one but for methods, HTTP/1.2 and the entry at the end.
 */
const explained: readonly {
  readonly name: string;
  readonly why: string;
  applies(ours: Reading, theirs: Reading, text: string): boolean;
}[] = [
  {
    name: 'method',
    why: 'llhttp takes TRACE and CONNECT, which we refuse, and only registered methods; we take any token',
    applies: (ours, theirs) => ours.because === 'bad_method' || theirs.because === 'HPE_INVALID_METHOD',
  },
  {
    name: 'upgrade',
    why: 'Node takes any upgrade and reads no body after it; we take a WebSocket asked for by GET, in 1.1 and without body',
    applies: (ours, theirs) =>
      ours.outcome === 'accepted' && theirs.names.includes('upgrade') && theirs.names.includes('connection'),
  },
  {
    name: 'later 1.x',
    why: 'llhttp knows no HTTP/1.2; we read it as HTTP/1.1, as RFC 9110 section 2.5 says',
    applies: (_, theirs, text) => theirs.because === 'HPE_INVALID_VERSION' && /HTTP\/1\.[2-9]\r\n/.test(text),
  },
  {
    name: 'Host',
    why: 'llhttp does not look at Host: lists, empty, duplicate and malformed ones pass there and make routing ambiguous',
    applies: (ours) => ours.because === 'bad_host',
  },
  {
    name: 'target',
    why: 'llhttp lets bytes above 0x7f, fragments, "*" and authorities pass for any method; RFC 9112 section 3.2 does not',
    applies: (ours) => ours.because === 'bad_target' || ours.because === 'bad_request_line',
  },
  {
    name: 'framing',
    why: 'llhttp takes lists of codings that end in chunked, and chunked in HTTP/1.0; we take exactly "chunked", in 1.1',
    applies: (ours) => ours.because === 'bad_framing',
  },
  {
    name: 'expectation',
    why: 'both refuse; Node does so in its own event',
    applies: (ours) => ours.because === 'bad_expectation',
  },
  {
    name: 'version',
    why: 'llhttp parses 0.9 and 2.0 request lines; we answer 505',
    applies: (ours) => ours.because === 'bad_version',
  },
  {
    name: 'refused earlier',
    why: 'llhttp refuses a byte as it comes; we read a line to its end first, and wait for that',
    applies: (ours, theirs) => ours.outcome === 'incomplete' && theirs.outcome === 'refused',
  },
  {
    name: 'absolute target',
    why: 'we forward the origin form of an absolute target, whose host must equal Host',
    applies: (ours, theirs) =>
      ours.outcome === 'accepted' && /^http:\/\//i.test(theirs.target) && theirs.target.endsWith(ours.target),
  },
  {
    name: 'chunk extension bytes',
    why: 'llhttp wants tokens and quoted strings in extensions; we drop extensions, so any visible byte may stand there',
    applies: (ours, theirs, text) =>
      ours.outcome === 'accepted' && theirs.body === 'refused' && /\n[0-9a-f]+;/i.test(text),
  },
];

function differs(ours: Reading, theirs: Reading): boolean {
  if (ours.outcome !== theirs.outcome) return true;
  if (ours.outcome !== 'accepted') return false;
  return (
    ours.method !== theirs.method ||
    ours.target !== theirs.target ||
    ours.body !== theirs.body ||
    (ours.body === 'complete' && ours.bodyText !== theirs.bodyText) ||
    ours.names.join() !== theirs.names.join()
  );
}

describe('our reader beside llhttp', () => {
  test('differs only in the ways that are listed, over fuzzed requests (FUZZ_HEADS, default 20 000)', async () => {
    const count = Number(process.env.FUZZ_HEADS ?? 20_000);
    const random = randomFrom(Number(process.env.FUZZ_SEED ?? 20_261_121));
    const oracle = new NodeOracle();
    const unexplained: unknown[] = [];
    const seen = new Map<string, number>();
    let accepted = 0;
    for (let i = 0; i < count; i++) {
      const bytes = fuzzedRequest(random);
      const ours = ourReading(bytes);
      const theirs = await oracle.read(bytes);
      if (ours.outcome === 'accepted' && theirs.outcome === 'accepted') accepted++;
      if (!differs(ours, theirs)) continue;
      const text = bytes.toString('latin1');
      const reason = explained.find((one) => one.applies(ours, theirs, text));
      if (reason === undefined) unexplained.push({ text, ours, theirs });
      else seen.set(reason.name, (seen.get(reason.name) ?? 0) + 1);
    }
    expect(unexplained.slice(0, 3)).toEqual([]);
    // The comparison must have had something to compare.
    expect(accepted).toBeGreaterThan(count / 20);
    if (process.env.FUZZ_HEADS !== undefined)
      console.log(`${count} requests, ${accepted} accepted by both`, Object.fromEntries(seen));
  }, 3_600_000);

  test('survives any bytes at any cut: a head read in pieces is the head read at once', () => {
    const random = randomFrom(7);
    for (let i = 0; i < 20_000; i++) {
      const bytes = fuzzedRequest(random);
      const whole = head.read(bytes, 0, bytes.length);
      const fault = head.fields.fault;
      let stepwise = 0;
      for (let to = 1; to <= bytes.length && stepwise === 0; to++) stepwise = head.read(bytes, 0, to);
      if (whole > 0) expect(stepwise).toBe(whole);
      else if (whole < 0) expect([stepwise, head.fields.fault]).toEqual([-1, fault]);
    }
  });
});
