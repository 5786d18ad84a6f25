import { SessionService } from '@holdfast/session/nest';
import type { INestApplication } from '@nestjs/common';
import { SessionWsAdapter } from './socket/session-ws.adapter.js';

/** Gives the application the WebSocket adapter that chat needs; pass it as `configure` to `runService`. */
export function configureChat(app: INestApplication): void {
  app.useWebSocketAdapter(new SessionWsAdapter(app, app.get(SessionService)));
}
