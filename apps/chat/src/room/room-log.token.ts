/** Injects the `RoomLog`. */
export const ROOM_LOG = Symbol('ROOM_LOG');
