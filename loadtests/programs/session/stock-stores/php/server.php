<?php
// PHP's own sessions in Redis by php-redis, set up as its documentation says. With LOCKING it locks a session for the time of a request.
declare(strict_types=1);

const MOST_WORK_MICROSECONDS = 2_000;

ini_set('session.use_strict_mode', '1');
ini_set('session.save_handler', 'redis');
ini_set('session.save_path', str_replace('redis://', 'tcp://', getenv('REDIS_URL')));
if (getenv('LOCKING') !== false) {
    ini_set('redis.session.locking_enabled', '1');
    // Who waits looks 500 times, every 2 ms. With the usual 10 times it would go on without the lock, and its write be dropped.
    ini_set('redis.session.lock_retries', '500');
}

header('Content-Type: application/json');
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/about') {
    $lock = getenv('LOCKING') === false ? '' : ', locking';
    echo json_encode(['store' => 'php-redis ' . phpversion('redis') . $lock]);
    return;
}

session_start();
if ($path !== '/login' && !isset($_SESSION['user'])) {
    http_response_code(401);
    return;
}
match ($path) {
    '/login' => logIn(),
    '/write' => write(),
    '/logout' => logOut(),
    '/rotate' => rotate(),
    '/inspect' => print json_encode(array_keys($_SESSION)),
};
// PHP alone would store the session after it has answered; what came late must not count as lost.
session_write_close();

function logIn(): void
{
    session_regenerate_id(true);
    $_SESSION = ['user' => $_GET['user']];
}

function write(): void
{
    work();
    $_SESSION[$_GET['attribute']] = 1;
}

function logOut(): void
{
    work();
    $_SESSION = [];
    session_destroy();
}

function rotate(): void
{
    work();
    session_regenerate_id(true);
}

function work(): void
{
    usleep(random_int(0, MOST_WORK_MICROSECONDS));
}
