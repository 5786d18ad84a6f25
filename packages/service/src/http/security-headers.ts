import type { RequestHandler } from 'express';
import helmet from 'helmet';

const NOTHING = { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] };
const DOCS = {
  ...NOTHING,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
};

/** Headers of every answer that forbid a browser to guess types, frame, cache and send a referrer. HSTS only under TLS. */
export function securityHeaders({ secure }: { secure: boolean }): RequestHandler {
  const headersWith = (directives: Record<string, string[]>) =>
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
      // No answer here is a document, so headers that govern documents are left out.
      crossOriginEmbedderPolicy: false,
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    });
  const api = headersWith(NOTHING);
  const docs = headersWith(DOCS);
  return (req, res, next) => {
    res.setHeader('cache-control', 'no-store');
    (req.path === '/docs' || req.path.startsWith('/docs/') ? docs : api)(req, res, next);
  };
}
