import 'reflect-metadata';
import { SessionError, type SessionUser } from '@holdfast/session';
import { Authenticated, CurrentUser, SessionModule, SessionService } from '@holdfast/session/nest';
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpCode,
  Module,
  Post,
  Req,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Request, Response } from 'express';
import { Redis } from 'ioredis';

declare module 'express-session' {
  interface SessionData {
    cart?: string[];
  }
}

@Controller()
class CartController {
  constructor(private readonly sessions: SessionService) {}

  // Whoever asks is let in; to check a password is not what this example is about.
  @Post('login')
  @HttpCode(204)
  async logIn(@Req() req: Request, @Body() body: { name: string }): Promise<void> {
    await this.sessions.login(req, { id: body.name, name: body.name });
  }

  @Post('cart')
  @Authenticated()
  async add(@Req() req: Request, @Body() body: { item: string }): Promise<string[]> {
    // Two requests at once both add theirs. For an attribute that nobody else changes meanwhile, an assignment is enough.
    await req.session.update?.((attributes) => {
      attributes.cart = [...((attributes.cart as string[] | undefined) ?? []), body.item];
    });
    return req.session.cart ?? [];
  }

  @Get('me')
  @Authenticated()
  me(@Req() req: Request, @CurrentUser() user: SessionUser): { name: string; cart: string[] } {
    return { name: user.name, cart: req.session.cart ?? [] };
  }

  @Post('logout')
  @HttpCode(204)
  async logOut(@Req() req: Request): Promise<void> {
    await this.sessions.logout(req);
  }
}

// 401 says why in its code, 503 when to try again. Without it Nest logs each of them as an error.
@Catch(SessionError)
class SessionErrorFilter implements ExceptionFilter<SessionError> {
  catch({ status, code, retryAfterSeconds }: SessionError, host: ArgumentsHost): void {
    const res = host.switchToHttp().getResponse<Response>();
    if (retryAfterSeconds !== undefined) res.setHeader('Retry-After', retryAfterSeconds);
    res.status(status).json({ code });
  }
}

@Module({
  imports: [
    SessionModule.forRootAsync({
      useFactory: () => ({
        store: 'cached',
        secrets: (process.env.SESSION_SECRETS ?? '').split(','),
        redis: new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'),
      }),
    }),
  ],
  controllers: [CartController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.useGlobalFilters(new SessionErrorFilter());
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
