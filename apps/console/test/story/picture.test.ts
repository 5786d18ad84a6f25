import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { axeFinds } from '../browser/support/axe.js';
import { ComparisonPage } from '../browser/support/comparison-page.js';
import { startRealPage } from '../browser/support/real-page.js';

jest.setTimeout(300_000);

const real = startRealPage();
let comparison: ComparisonPage;
beforeAll(async () => {
  comparison = await ComparisonPage.open(real.browser, real.system.url);
  await comparison.picture.waitFor();
});

describe('the live picture', () => {
  test('shows every server of both scenarios, Redis with its latency, and in which of them the sessions are', async () => {
    await comparison.runJourney();
    for (const id of ['gateway', 'monolith-1', 'auth-1', 'todo-3', 'chat-2']) await comparison.node(id).waitFor();
    await comparison
      .node('redis')
      .getByText(/^answers in [\d.]+ ms$/)
      .waitFor();
    // The journey signed somebody in at one of the three; what they tell of themselves comes a moment later.
    await comparison.picture.getByText(/· 1 session$/).waitFor();
    // The session is in one place on the left, and in Redis with copies on the right.
    const home = comparison.picture.locator('[data-node^="monolith-"]').filter({ hasText: 'left session' });
    await home.filter({ hasNotText: 'not found' }).waitFor();
    await comparison.picture
      .getByText(
        /^Session in the memory of monolith-\d; monolith-\d did not find it$|^Session in the memory of monolith-\d$/,
      )
      .waitFor();
    await comparison.picture.getByText(/^Session in Redis, copied into todo-/).waitFor();
    expect(await comparison.node('redis').locator('code').innerText()).toMatch(/^hf:cached:session:\{[0-9a-f]{2}\}:/);
    expect(await axeFinds(comparison.page.mainFrame())).toEqual([]);
    expect(comparison.troubles).toEqual([]);
  });

  test('a killed server is shown within a second of the lever’s answer, with the reason, and the session is gone with it', async () => {
    const id = await comparison.home();
    const server = comparison.node(id);
    const kill = await comparison.killLever(id);
    expect(await kill.innerText()).toContain('The 1 session in its memory will be lost.');
    expect(await comparison.msFromAnswerUntil(kill, id, 'its process was killed')).toBeLessThan(1_000);
    expect(await server.innerText()).toMatch(/killed[\s\S]*sessions unknown/);
    await comparison.picture.getByText(/^Session gone with the process that had it/).waitFor();
    // Counted, not hoped: six reads on both sides.
    await comparison.picture
      .getByText(
        /^Kill monolith-\d: done\..*left, signed out 6 times.*right, nothing lost \(by todo-1, todo-2, todo-3\)\.$/,
      )
      .waitFor();
    expect(await comparison.denial('Left')).toBe(
      `does not know this login: it was in the memory of ${id} and was lost with that server.`,
    );
    expect(await comparison.denial('Right')).toBeNull();
    // Only the newest events are told in words; the axis keeps all of two minutes.
    await comparison.picture.getByTitle(`${id} ended`).waitFor({ state: 'attached' });
    await comparison.destination('Left', id).getByTitle(`Restart ${id}`).click();
    await server.getByText('up', { exact: true }).waitFor({ timeout: 30_000 });
  });

  test('U2: IP hash: who was in the memory of a killed server reads why, and nobody else', async () => {
    const pair = await ComparisonPage.open(
      real.browser,
      real.system.url,
      '/?left=ip-hash-local&right=sticky-cookie-cached',
    );
    await pair.runJourney();
    const home = (await pair.log('Left'))[0]?.servedBy ?? 'none';
    const kill = await pair.killLever(home);
    expect(await pair.msFromAnswerUntil(kill, home, 'its process was killed')).toBeLessThan(1_000);
    await pair.picture.getByText(new RegExp(`^Kill ${home}: done`)).waitFor();
    expect(await pair.denial('Left')).toBe(
      `does not know this login: it was in the memory of ${home} and was lost with that server.`,
    );
    expect(await pair.denial('Right')).toBeNull();
    await pair.destination('Left', home).getByTitle(`Restart ${home}`).click();
    await pair.node(home).getByText('up', { exact: true }).waitFor({ timeout: 30_000 });
    await pair.page.close();
  });

  test('U2: sticky cookie: a login whose server is paused is not called lost, and is said to be there when it is back', async () => {
    const pair = await ComparisonPage.open(
      real.browser,
      real.system.url,
      '/?left=sticky-cookie-local&right=round-robin-cached',
    );
    await pair.runJourney();
    const home = (await pair.log('Left'))[0]?.servedBy ?? 'none';
    await pair.destination('Left', home).getByTitle(`Pause ${home}`).click();
    await pair.destination('Left', home).getByText('paused', { exact: true }).waitFor();
    await pair.readAgain();
    expect(await pair.denial('Left')).toBe(
      `knows nothing of this login: it was put in the memory of ${home}, which cannot be reached; whether ${home} still has it is not known.`,
    );
    const missed = 'monolith-\\d did not find it$';
    await pair.picture
      .getByText(new RegExp(`^Session last seen in the memory of ${home}, which is unreachable; ${missed}`))
      .waitFor();
    await pair.destination('Left', home).getByTitle(`Resume ${home}`).click();
    await pair.destination('Left', home).getByText('up', { exact: true }).waitFor();
    await pair.readAgain();
    // The cookie names another server by now, which never had it.
    expect(await pair.denial('Left')).toBe(
      `never knew this login: it was put in the memory of ${home} alone, and lives at most as long as that server.`,
    );
    await pair.picture.getByText(new RegExp(`^Session in the memory of ${home}; ${missed}`)).waitFor();
    expect(await pair.denial('Right')).toBeNull();
    await pair.page.close();
  });

  test('a chat message of another person: PUBLISH from their server, SUBSCRIBE to each with members, drawn and told', async () => {
    const context = await real.browser.newContext();
    const other = await context.newPage();
    await other.goto(`http://round-robin-cached.localhost:${real.system.port}/`);
    await other.getByLabel('Name').fill(`grace-${Date.now()}`);
    await other.getByLabel('Password').fill('a much longer pass phrase');
    await other.getByRole('button', { name: 'Register' }).click();
    await other.getByText('connected', { exact: true }).waitFor();
    const mine = comparison.frame('Right').getByRole('region', { name: /Chat/ });
    await mine.getByText('connected', { exact: true }).waitFor();
    const drawn = comparison.page.waitForSelector('.flight-message', { state: 'attached' });
    await other.getByLabel('Message').fill('hello over there');
    await other.getByRole('button', { name: 'Send' }).click();
    await mine.getByText('hello over there').waitFor();
    await drawn;
    const withSockets = await chatServersWithSockets();
    const told = comparison.node('redis').getByText(`SUBSCRIBE to ${withSockets.join(', ')}`);
    const publisher = /PUBLISH from (chat-\d), SUBSCRIBE/.exec(await told.innerText())?.[1];
    expect(withSockets).toContain(publisher);
    await context.close();
  });

  test('the policy is a lever: it says what moves, and which servers answered afterwards', async () => {
    const choose = async (side: string, policy: string) => {
      await comparison.picture.getByLabel(`policy, ${side}`).click();
      const lever = comparison.picture.getByRole('button', { name: `Switch the ${side} policy to ${policy}` });
      const will = await lever.innerText();
      await lever.click();
      return will;
    };
    for (const [policy, servers] of [
      ['ip-hash', 'todo-\\d'],
      ['round-robin', 'todo-1, todo-2, todo-3'],
    ] as const) {
      expect(await choose('right', policy)).toMatch(/knows every session\.$/);
      const done = `^Switch the right policy to ${policy}: done\\..*right, nothing lost \\(by ${servers}\\)\\.$`;
      await comparison.picture.getByText(new RegExp(done)).waitFor();
    }
    expect(await choose('left', 'ip-hash')).toMatch(/who moves loses the login\.$/);
    await comparison.picture
      .getByText(/^Switch the left policy to ip-hash: done\..*\(by monolith-\d\); right/)
      .waitFor();
    await comparison.picture.getByLabel('ip-hash: policy, left').waitFor();
  });

  test('levers: Redis cannot be slowed without its proxy, and the page says how; another address is counted', async () => {
    await comparison.node('redis').getByRole('button', { name: 'Slow' }).click();
    await comparison.picture.getByText(/^Slow Redis by 200 ms: not done\..*--redis-proxy/).waitFor();
    await comparison.picture.getByLabel('Levers of the right browser').click();
    await comparison.picture.getByRole('button', { name: /^Another address, right/ }).click();
    await comparison.picture.getByText(/^Another address, right: done\..*right, nothing lost \(by .*\)\.$/).waitFor();
    expect(comparison.troubles).toEqual([]);
  });

  test('Redis of several servers: each has its own state and levers', async () => {
    const { page } = comparison;
    // Sentinels take too long to start here: the real fleet's answer, with three servers in the place of its one Redis.
    const several = ['redis-1', 'redis-2', 'sentinel-1'].map((id) => ({
      ...{ id, app: id.split('-')[0], fleet: 'stores', state: 'ready', pid: 1, restarts: 0, latencyMs: 1 },
    }));
    await page.route(/\/fleet$/, async (route) => {
      const response = await route.fetch();
      const { processes } = await response.json();
      const others = processes.filter(({ id }: { id: string }) => id !== 'redis');
      await route.fulfill({ response, json: { processes: [...others, ...several] } });
    });
    await page.route(/\/fleet\/redis-2\/kill$/, async (route) => {
      Object.assign(several[1] ?? {}, { state: 'killed', pid: null });
      await route.fulfill({ headers: { 'access-control-allow-origin': '*' }, json: several[1] });
    });
    await comparison.node('redis-2').getByRole('button', { name: 'Kill redis-2' }).click();
    await comparison.node('redis-2').getByText('killed', { exact: true }).waitFor();
    await comparison.node('redis-2').getByRole('button', { name: 'Restart redis-2' }).waitFor();
    await comparison.node('redis-1').getByText('up', { exact: true }).waitFor();
    expect(await comparison.node('redis').getByRole('button', { name: 'Slow' }).count()).toBe(0);
    expect(await axeFinds(page.mainFrame())).toEqual([]);
    await page.unrouteAll({ behavior: 'wait' });
  });
});

/** The chat servers of the right side that have open sockets, by the gateway. */
async function chatServersWithSockets(): Promise<readonly string[]> {
  const { upstreams } = await (await fetch(`${real.system.adminUrl}/upstreams`)).json();
  const { destinations } = upstreams.find(({ name }: { name: string }) => name === 'round-robin-cached-chat');
  return destinations.flatMap(({ id, tunnels }: { id: string; tunnels: number }) => (tunnels > 0 ? [id] : []));
}
