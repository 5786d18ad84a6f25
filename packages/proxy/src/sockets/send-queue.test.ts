import { expect, test } from '@jest/globals';
import { socketsWithQueue } from './send-queue.js';

test('P19: the kernel table names the connections that still have bytes to send', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F90 0100007F:A448 01 0000001A:00000000 00:00000000 00000000     0        0 1061 1 0 100 0 0 10 0',
    '   1: 0100007F:A448 0100007F:1F90 01 00000000:0000001A 00:00000000 00000000     0        0 1062 1 0 100 0 0 10 0',
    '   0: 00000000000000000000000001000000:1F91 00000000000000000000000001000000:0050 01 00000001:00000000 00:00000000 0',
  ].join('\n');
  expect([...socketsWithQueue(table)]).toEqual(['8080-42056', '8081-80']);
});
