/** Parts of a system that a disturbance may need. */
export type ControlPart = 'servers' | 'redis' | 'redis-proxy' | 'memcached' | 'gateway';

/** The actions of the lab on one process. Each resolves when it is done, and rejects when it could not be done. */
export interface ProcessControl {
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP, and SIGCONT. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it and starts it again, or starts it when it is gone; resolves when it answers and the gateway sends it requests. */
  restart(): Promise<void>;
}

/** A server of an arm: one replica of each app. */
export interface ServerControl extends ProcessControl {
  /** The server gets no new users; bound users stay. */
  drain(): Promise<void>;
  /** Clients bound to it (seen in the last one to two minutes), and requests and sockets open at it, as its load balancer says. */
  occupants(): Promise<number>;
  /** Delays its answers by this time; 0 ends the delay. */
  slow(ms: number): Promise<void>;
}

/** A store of ours, on loopback. */
export interface StoreControl extends ProcessControl {
  readonly port: number;
}

/** A Redis of ours. */
export interface RedisControl extends StoreControl {
  /** Delays its answers by this time; 0 ends the delay. Rejects when no proxy is in front of it. */
  slow(ms: number): Promise<void>;
}

/** The actions of a disturbance on the system that runs an arm. */
export interface Control {
  /** `server-1` to `server-n`. */
  readonly servers: ReadonlyMap<string, ServerControl>;
  /** Runs this many servers from now on; resolves when the gateway knows them. */
  scale(replicas: number): Promise<void>;
  /** Missing when the Redis is not ours. */
  readonly redis?: RedisControl;
  readonly memcached?: StoreControl;
  readonly gateway?: Pick<ProcessControl, 'restart'>;
}
