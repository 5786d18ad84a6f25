import type { Engine } from './engine.js';

export default {
  id: 'holdfast',
  title: "this repository's gateway",
  explains: [
    'Routes as infra/system.yaml says; docs/gateway.md has its file and its admin API.',
    'Binds a client by a signed cookie, which names a destination of each app. A client whose destination is gone gets another one, and stays there.',
    'Asks /healthz twice a second; a failed request that is safe to repeat goes to another destination once.',
    'Drains, takes in and removes destinations while it runs.',
  ],
  levers: ['drain', 'scale', 'reroute'],
} satisfies Engine;
