export { type GatewayFile, parseGatewayFile } from './gateway-file/gateway-file.js';
export { type GatewayOptions, PortError, type RunningGateway, startGateway } from './start-gateway.js';
