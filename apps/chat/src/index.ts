export { ChatModule } from './chat.module.js';
export { type ChatConfig, chatEnv } from './chat-config.js';
export { configureChat } from './configure-chat.js';
