import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { SessionUser } from '@holdfast/session';
import {
  Authenticated,
  CurrentSession,
  type CurrentSessionInfo,
  CurrentUser,
  SessionModule,
  SessionService,
} from '@holdfast/session/nest';
import { Body, Controller, Get, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Request } from 'express';
import { connect } from './client.js';

declare module 'express-session' {
  interface SessionData {
    cart?: string[];
  }
}

@Controller()
class CartController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login')
  async login(@Req() req: Request, @Body() body: { id: string }) {
    await this.sessions.login(req, { id: body.id, name: 'Ada' });
    return {};
  }

  @Post('cart')
  @Authenticated()
  add(@Req() req: Request, @Body() body: { item: string }) {
    req.session.cart = [...(req.session.cart ?? []), body.item];
    return {};
  }

  @Get('cart')
  @Authenticated()
  read(@Req() req: Request, @CurrentUser() user: SessionUser) {
    return { user: user.name, cart: req.session.cart ?? [] };
  }

  @Post('end-others')
  @Authenticated()
  async endOthers(@CurrentUser() user: SessionUser, @CurrentSession() session: CurrentSessionInfo) {
    return { ended: await this.sessions.devices.endOthers(user.id, session.id, 'revoked') };
  }

  @Post('logout')
  async logout(@Req() req: Request) {
    await this.sessions.logout(req);
    return {};
  }
}

@Module({
  imports: [
    SessionModule.forRootAsync({
      useFactory: async () => ({
        store: 'cached' as const,
        secrets: ['a long secret of a stranger: 3f9b1c'],
        redis: await connect(),
      }),
    }),
  ],
  controllers: [CartController],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  console.log(`listening ${(app.getHttpServer().address() as AddressInfo).port}`);
}

void main();
