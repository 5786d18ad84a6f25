import { defineDisturbance, serverOf, serverOrAny } from './disturbance.js';

export default defineDisturbance<string>({
  id: 'kill',
  title: 'a server is killed (kill -9)',
  needs: ['servers'],
  options: serverOrAny,
  targets: (name) => [name],
  ends: (name) => [name],
  disturb: (control, name) => serverOf(control, name).kill(),
  heal: (control, name) => serverOf(control, name).restart(),
});
