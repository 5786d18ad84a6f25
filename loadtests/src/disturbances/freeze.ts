import { defineDisturbance, serverOf, serverOrAny } from './disturbance.js';

export default defineDisturbance<string>({
  id: 'freeze',
  title: 'a server stands still (SIGSTOP) for the rest of the run',
  needs: ['servers'],
  options: serverOrAny,
  targets: (name) => [name],
  disturb: (control, name) => serverOf(control, name).pause(),
  async heal(control, name) {
    await serverOf(control, name).resume();
    await serverOf(control, name).restart();
  },
});
