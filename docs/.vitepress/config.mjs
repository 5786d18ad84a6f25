import { defineConfig } from 'vitepress';

const page = (text, link) => ({ text, link });

/** Tells a link to a page of this site from one into the repository, which no site has. */
const leadsOutside = (href) => href.startsWith('../') || /\.(yaml|ts|mjs|json)$/.test(href);

export default defineConfig({
  title: 'Holdfast',
  description: 'Where should session state live when an app runs on more than one server?',
  cleanUrls: true,
  outDir: '../.data/site',
  cacheDir: '../.data/site-cache',
  // Pages that only the repository needs.
  srcExclude: ['data/**', 'api-reports/**', 'cases.md', 'legend.md'],
  ignoreDeadLinks: [(url) => /^\.?\/?(cases|legend|data|api-reports)/.test(url)],
  markdown: {
    config: (md) => {
      const open =
        md.renderer.rules.link_open ?? ((tokens, at, options, _env, self) => self.renderToken(tokens, at, options));
      md.renderer.rules.link_open = (tokens, at, options, env, self) => {
        const href = tokens[at].attrGet('href') ?? '';
        if (!leadsOutside(href)) return open(tokens, at, options, env, self);
        // The folder is the repository's; a reader of the site sees which file it is.
        return `<span title="in the repository: ${md.utils.escapeHtml(href.replace(/^(\.\.\/)+/, ''))}">`;
      };
      const close =
        md.renderer.rules.link_close ?? ((tokens, at, options, _env, self) => self.renderToken(tokens, at, options));
      md.renderer.rules.link_close = (tokens, at, options, env, self) => {
        let before = at - 1;
        while (tokens[before].type !== 'link_open') before--;
        return leadsOutside(tokens[before].attrGet('href') ?? '') ? '</span>' : close(tokens, at, options, env, self);
      };
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      {
        text: 'Start',
        items: [page('In a minute', '/'), page('Concepts', '/concepts'), page('The claims', '/claims')],
      },
      {
        text: 'Adopt the session',
        items: [
          page('The session', '/session'),
          page('Move in and out', '/session#moving-in-without-logging-anyone-out'),
          page('The format', '/session-format'),
          page('Time-outs', '/timeouts'),
        ],
      },
      {
        text: 'The gateway in front of my app',
        items: [
          page('The gateway', '/gateway'),
          page('The proxy', '/proxy'),
          page('Behind TLS', '/behind-tls'),
          page('Other engines', '/engines'),
          page('Like an ALB', '/alb'),
        ],
      },
      {
        text: 'Measure',
        items: [
          page('The lab', '/lab'),
          page('Your own app', '/your-app'),
          page('Experiments', '/experiments'),
          page('Capacity and cost', '/planner'),
        ],
      },
      {
        text: 'Deploy and operate',
        items: [
          page('Deploy', '/deploy'),
          page('Operate by symptom', '/operations'),
          page('Security', '/security'),
          page('What start needs', '/setup'),
          page('Releasing', '/release'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('Services and HTTP', '/services'),
          page('API rules', '/api'),
          page('Chat', '/chat'),
          page('Events', '/events'),
          page('The page', '/console'),
          page('A ten-minute talk', '/teaching'),
          page('Local processes', '/fleet'),
          page('Adding something', '/adding'),
          page('Dependencies', '/dependencies'),
        ],
      },
      {
        text: 'Decisions',
        items: [
          page('Local processes', '/decisions/0001-local-processes'),
          page('The session store', '/decisions/0002-session-store'),
          page('Our own wire layer', '/decisions/0003-own-wire-layer'),
          page('lab.localhost', '/decisions/0004-lab-localhost'),
          page('Epoch and offset', '/decisions/0005-epoch-and-offset'),
          page('Slow or dead', '/decisions/0006-slow-or-dead'),
        ],
      },
    ],
  },
});
