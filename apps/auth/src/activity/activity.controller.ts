import { type ActivityAnswer, activityAnswerSchema, activityQuerySchema, type User } from '@holdfast/contracts';
import { Api, ZodQuery } from '@holdfast/service';
import { Authenticated, CurrentUser, NOT_LOGGED_IN } from '@holdfast/session/nest';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ActivityRepository } from './activity.repository.js';

@Controller('auth/activity')
@Authenticated()
export class ActivityController {
  constructor(@Inject(ActivityRepository) private readonly activity: ActivityRepository) {}

  @Get()
  @Api({
    summary: 'What I did, newest first',
    query: activityQuerySchema,
    answers: { 200: activityAnswerSchema },
    problems: { 401: NOT_LOGGED_IN },
  })
  async list(
    @CurrentUser() user: User,
    @Query(ZodQuery(activityQuerySchema)) { limit }: { limit: number },
  ): Promise<ActivityAnswer> {
    return { activity: await this.activity.list(user.id, limit) };
  }
}
