import {
  type HistoryAnswer,
  historyAnswerSchema,
  historyQuerySchema,
  type PresenceAnswer,
  presenceAnswerSchema,
  roomParamSchema,
} from '@holdfast/contracts';
import { Api, ZodParam, ZodQuery } from '@holdfast/service';
import { Authenticated, NOT_LOGGED_IN } from '@holdfast/session/nest';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Presence } from '../presence/presence.js';
import type { RoomLog } from './room-log.js';
import { ROOM_LOG } from './room-log.token.js';

type RoomParam = z.output<typeof roomParamSchema>;
type HistoryQuery = z.output<typeof historyQuerySchema>;

@Authenticated()
@Controller('chat/rooms/:room')
export class RoomsController {
  constructor(
    @Inject(ROOM_LOG) private readonly log: RoomLog,
    @Inject(Presence) private readonly presence: Presence,
  ) {}

  @Get('messages')
  @Api({
    summary: 'A page of the history of a room, oldest first',
    params: roomParamSchema,
    query: historyQuerySchema,
    answers: { 200: historyAnswerSchema },
    problems: { 400: 'invalid_request', 401: NOT_LOGGED_IN, 503: 'unavailable' },
  })
  async messages(
    @Param(ZodParam(roomParamSchema)) { room }: RoomParam,
    @Query(ZodQuery(historyQuerySchema)) { after, ...bounds }: HistoryQuery,
  ): Promise<HistoryAnswer> {
    const { messages, ...history } = await this.log.history(room, after, bounds);
    return { ...history, messages: [...messages] };
  }

  @Get('presence')
  @Api({
    summary: 'The members of a room, on all instances',
    params: roomParamSchema,
    answers: { 200: presenceAnswerSchema },
    problems: { 400: 'invalid_request', 401: NOT_LOGGED_IN, 503: 'unavailable' },
  })
  async members(@Param(ZodParam(roomParamSchema)) { room }: RoomParam): Promise<PresenceAnswer> {
    return { members: await this.presence.members(room) };
  }
}
