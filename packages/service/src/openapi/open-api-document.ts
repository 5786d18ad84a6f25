import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { addCommonAnswers } from './common-answers.js';

const PROBLEM = {
  type: 'object' as const,
  description: 'RFC 9457 problem details',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  properties: {
    type: { type: 'string' as const },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    code: { type: 'string' as const, description: 'Stable, for programs' },
    detail: { type: 'string' as const },
    requestId: { type: 'string' as const },
    errors: {
      type: 'array' as const,
      items: {
        type: 'object' as const,
        properties: { path: { type: 'string' as const }, message: { type: 'string' as const } },
      },
    },
  },
};

/** Serves `/docs` (page) and `/docs-json` (OpenAPI 3.1). The document is written on first request. */
export function serveOpenApi(
  app: INestApplication,
  { name, cookieName }: { name: string; cookieName: string | undefined },
): void {
  const builder = new DocumentBuilder().setOpenAPIVersion('3.1.0').setTitle(`Holdfast ${name}`).setVersion('0.1.0');
  if (cookieName !== undefined) builder.addCookieAuth(cookieName, { type: 'apiKey', in: 'cookie' }, 'session');
  const description = builder.build();
  const write = () => {
    const document = SwaggerModule.createDocument(app, description);
    document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM } };
    addCommonAnswers(document);
    return document;
  };
  SwaggerModule.setup('docs', app, write, { jsonDocumentUrl: 'docs-json', raw: ['json'] });
}
