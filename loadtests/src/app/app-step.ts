/** The journey of an app's users, as its file describes it. k6 reads it too: nothing is imported here. */
export interface AppJourney {
  /** Each list ends with the step that it is named after; the steps before it prepare it, such as by fetching a form. */
  readonly login: readonly AppStep[];
  readonly write: readonly AppStep[];
  readonly check: readonly AppStep[];
}

export interface AppStep {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** Statuses of an answer that is as it should be; the first of a hundred stands for all of them (200: any 2xx). */
  readonly expect: readonly number[];
  readonly contains?: string;
  readonly take: Readonly<Record<string, Take>>;
  /** Redirects are followed, with GET. */
  readonly follow: boolean;
  readonly loggedOutIf: LoggedOutIf;
  /** The step is done before the first login only. */
  readonly once: boolean;
  /** The number of requests that one user sends at the same time. */
  readonly together: number;
}

/** The place of a value in an answer. */
export type Take =
  | { readonly regex: string }
  | { readonly json: string }
  | { readonly header: string }
  | { readonly cookie: string };

export interface LoggedOutIf {
  readonly status: readonly number[];
  /** Paths: an answer that leads to one of them asks for a login. */
  readonly redirect: readonly string[];
  readonly contains?: string;
}
