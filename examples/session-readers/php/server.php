<?php

declare(strict_types=1);

// php -S 127.0.0.1:3002 server.php
require __DIR__ . '/sessions.php';

function answer(int $status, mixed $body = null): void
{
    http_response_code($status);
    header('Content-Type: application/json');
    header('Cache-Control: no-store');
    echo $body === null ? '' : json_encode($body);
}

try {
    $url = parse_url((string) getenv('REDIS_URL'));
    $redis = new Redis();
    $redis->connect($url['host'], $url['port'] ?? 6379, 0.5, null, 0, 0.5);
    $lua = getenv('SESSION_LUA') ?: __DIR__ . '/../../../packages/session/lua';
    $secrets = explode(',', (string) getenv('SESSION_SECRETS'));
    $prefix = getenv('SESSION_PREFIX') ?: 'hf:session:';
    $sessions = new Sessions($redis, $secrets, $lua, (int) (getenv('IDLE_SECONDS') ?: 1800), prefix: $prefix);
    $session = $sessions->find($_SERVER['HTTP_COOKIE'] ?? '');
    $user = $session?->user();
    $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
    $request = $_SERVER['REQUEST_METHOD'] . ' ' . $path;
    if ($user === null) {
        answer(401, ['code' => 'unauthenticated']);
    } elseif ($request === 'GET /me') {
        answer(200, ['user' => $user, 'attributes' => (object) $session->attributes()]);
    } elseif (preg_match('#^PUT /attributes/(\w+)$#D', $request, $match) === 1) {
        $value = json_decode(file_get_contents('php://input'), flags: JSON_THROW_ON_ERROR);
        answer($sessions->set($session, $match[1], $value) ? 204 : 401);
    } elseif ($request === 'POST /logout') {
        $sessions->end($session);
        answer(204);
    } else {
        answer(404);
    }
} catch (RedisException) {
    header('Retry-After: 1');
    answer(503, ['code' => 'session_unavailable']);
} catch (JsonException) {
    answer(400, ['code' => 'invalid_json']);
}
