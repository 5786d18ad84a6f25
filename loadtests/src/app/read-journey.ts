import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { suggestion } from '../registry/nearest-name.js';
import type { Path, YamlFile } from '../registry/yaml-file.js';
import type { AppFile } from './app-file.js';
import { METHODS, step as stepSchema } from './app-file.schema.js';
import type { AppJourney, AppStep } from './app-step.js';
import { tellIssues } from './tell-issues.js';

/** The placeholder for the unique text of a write. */
const TOKEN = `\${n}`;
const ROLES = ['login', 'write', 'check'] as const;
/** Any 2xx; a login may also redirect. */
const USUAL_STATUS = { login: [200, 300], other: [200] };

/** The steps of `journey`, or the module that it names; undefined with mistakes in the file when it is neither. */
export function readJourney(file: YamlFile, journey: unknown, folder: string): AppFile['journey'] | undefined {
  if (typeof journey === 'string') {
    const module = resolve(folder, journey);
    if (existsSync(module)) return { module };
    file.mistake(['journey'], `there is no file ${journey}; write the path of a module of promises, or steps`);
    return undefined;
  }
  if (typeof journey !== 'object' || journey === null || Array.isArray(journey)) {
    file.mistake(['journey'], 'is missing; write steps: login, write and check');
    return undefined;
  }
  const names = Object.keys(journey);
  for (const role of ['login', 'check'] as const)
    if (!names.includes(role))
      file.mistake(
        ['journey'],
        `has no ${role}; write { ${role}: { ${role === 'login' ? 'post: /login' : 'get: /'} … } }`,
      );
  const read = Object.entries(journey).map(([name, value]) => readStep(file, name, value));
  const steps = read.flatMap((one) => (one === undefined ? [] : [one]));
  if (steps.length < read.length || !names.includes('login') || !names.includes('check')) return undefined;
  const phases = splitAtRoles(file, steps);
  if (phases !== undefined) checkNames(file, phases);
  return phases;
}

function readStep(file: YamlFile, name: string, value: unknown): AppStep | undefined {
  const at: Path = ['journey', name];
  const before = file.mistakes.length;
  const parsed = stepSchema.safeParse(value);
  tellIssues(file, at, parsed.error?.issues ?? []);
  if (!parsed.success || file.mistakes.length > before) return undefined;
  const { form, json, headers, expect, contains, take, follow, loggedOutIf, once, together, ...requests } = parsed.data;
  const methods = METHODS.filter((method) => requests[method] !== undefined);
  const [method] = methods;
  if (method === undefined || methods.length > 1) {
    file.mistake(
      at,
      `has ${method === undefined ? 'no request' : methods.join(' and ')}; write one of ${METHODS.join(', ')}`,
    );
    return undefined;
  }
  if (form !== undefined && json !== undefined)
    file.mistake([...at, 'json'], 'stands beside form; a request has one body');
  const usual = name === 'login' && follow !== true ? USUAL_STATUS.login : USUAL_STATUS.other;
  return {
    ...{
      name,
      method: method.toUpperCase() as Uppercase<typeof method>,
      path: requests[method] ?? '/',
      headers: headers ?? {},
    },
    ...(form !== undefined && { form }),
    ...(json !== undefined && { json }),
    ...(contains !== undefined && { contains }),
    ...{
      expect: expect ?? usual,
      take: take ?? {},
      follow: follow ?? false,
      once: once ?? false,
      together: together ?? 1,
    },
    loggedOutIf: {
      ...{ status: loggedOutIf?.status ?? [401], redirect: loggedOutIf?.redirect ?? [] },
      ...(loggedOutIf?.contains !== undefined && { contains: loggedOutIf.contains }),
    },
  };
}

/** Steps belong to the next of login, write and check. By default, a redirect to the path of the login means logged out. */
function splitAtRoles(file: YamlFile, steps: readonly AppStep[]): AppJourney | undefined {
  const phases: Record<(typeof ROLES)[number], AppStep[]> = { login: [], write: [], check: [] };
  let open: AppStep[] = [];
  let reached = 0;
  for (const step of steps) {
    open.push(step);
    const role = ROLES.indexOf(step.name as (typeof ROLES)[number]);
    if (role < 0) continue;
    if (role < reached) {
      file.mistake(['journey', step.name], 'comes too late; the order is login, write, check');
      return undefined;
    }
    reached = role;
    phases[ROLES[role] ?? 'check'] = open;
    open = [];
  }
  for (const step of open)
    file.mistake(
      ['journey', step.name],
      'comes after check, so nobody walks it; move it before the step that needs it',
    );
  const logins = [...new Set(phases.login.filter(({ once }) => !once).map(({ path }) => path))];
  const own = [...phases.write, ...phases.check].find(({ loggedOutIf }) => loggedOutIf.redirect.length > 0);
  const usual = own?.loggedOutIf.redirect ?? logins;
  const knows = (step: AppStep): AppStep =>
    step.loggedOutIf.redirect.length > 0 ? step : { ...step, loggedOutIf: { ...step.loggedOutIf, redirect: usual } };
  return { login: phases.login, write: phases.write.map(knows), check: phases.check.map(knows) };
}

/** Every `${name}` needs a value: the user, a token to write, or a value that an earlier step takes. */
function checkNames(file: YamlFile, { login, write, check }: AppJourney): void {
  const known = new Set(['user']);
  for (const [steps, hasToken] of [
    [login, false],
    [write, true],
    [check, true],
  ] as const)
    for (const step of steps) {
      const used = JSON.stringify([step.path, step.form, step.json, step.headers, step.contains]);
      for (const [, name = ''] of used.matchAll(/\$\{(\w+)\}/g))
        if (!known.has(name) && !(hasToken && name === 'n'))
          file.mistake(
            ['journey', step.name],
            `"\${${name}}" has no value here; ${suggestion(name, [...known, ...(hasToken ? ['n'] : [])])}, or take it from an earlier answer`,
          );
      for (const name of Object.keys(step.take)) known.add(name);
    }
  const uses = (step: AppStep | undefined): boolean =>
    JSON.stringify([step?.path, step?.form, step?.json, step?.contains]).includes(TOKEN);
  if (write.length === 0) return;
  if (!uses(write.at(-1)))
    file.mistake(['journey', 'write'], `writes the same each time; put ${TOKEN}, which is unique, into what it writes`);
  if (!check.at(-1)?.contains?.includes(TOKEN))
    file.mistake(['journey', 'check'], `does not look for what was written; add contains: '${TOKEN}'`);
}
