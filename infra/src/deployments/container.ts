/** The port at which every app of ours answers in a container: its service, `/healthz`, `/readyz` and `/metrics`. */
export const CONTAINER_PORT = 3000;

/** The port of the gateway for users. */
export const GATEWAY_PORT = 8080;

/** The user in the image, as a number so that an engine can tell that it is not root. */
export const USER_ID = 10_001;

/** Replicas of each app where nobody says otherwise. */
export const REPLICAS = 3;
