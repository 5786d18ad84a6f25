import { Problem } from '@holdfast/service';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

/** Answers requests to the socket's path that have no `Upgrade: websocket`. */
@ApiExcludeController()
@Controller('chat/socket')
export class SocketPathController {
  @Get()
  @Header('upgrade', 'websocket')
  upgradeRequired(): never {
    throw new Problem(426, 'upgrade_required', 'Connect to this path with a WebSocket.');
  }
}
