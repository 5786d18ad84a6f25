/** The network of the containers. Services believe what the gateway says of its clients, so its address is fixed and no other gets it. */
export const NETWORK = {
  ipam: { config: [{ subnet: '10.213.0.0/24', ip_range: '10.213.0.128/25' }] },
};

/** The gateway's address in it, outside the range from which containers are given theirs. */
export const GATEWAY_ADDRESS = '10.213.0.10';
