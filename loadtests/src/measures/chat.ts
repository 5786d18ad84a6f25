import { defineMeasure } from './measure.js';
import { sum } from './window.js';

export default defineMeasure({
  id: 'chat',
  title: 'Chat messages that came back to whoever said them',
  names: {
    chatLost:
      'messages that a user said and was not given back, of messages said; what others were given is chatMissing',
  },
  measure({ ledgers, isAfter }) {
    // Users say their one thing before their first step.
    if (isAfter) return {};
    const of = sum(ledgers, ({ chatSent }) => chatSent);
    if (of === 0) return {};
    return { counted: { chatLost: { hit: of - sum(ledgers, ({ chatDelivered }) => chatDelivered), of } } };
  },
});
