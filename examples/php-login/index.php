<?php
// A PHP app with a login and a cart, on PHP's own sessions: in files of this server, or in Redis when REDIS_URL says where it is.
declare(strict_types=1);

const LOGIN_PAGE = '<!doctype html><title>Log in</title><form method="post"><input name="user"><button>Log in</button></form>';

// What an app does while its session is open: a query, a call. Two requests at the same time overlap here.
const WORK_MICROSECONDS = 5_000;

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/healthz') {
    http_response_code(204);
    return;
}

session_start([...sessionStore(), 'use_strict_mode' => true, 'cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
match ("{$_SERVER['REQUEST_METHOD']} $path") {
    'GET /login' => print LOGIN_PAGE,
    'POST /login' => logIn($_POST['user'] ?? ''),
    'POST /cart' => add($_POST['item'] ?? ''),
    'GET /cart' => showCart(),
    default => http_response_code(404),
};

/** Where sessions are kept. Elsewhere these are lines of php.ini. */
function sessionStore(): array
{
    $redis = getenv('REDIS_URL');
    if ($redis === false) {
        // A folder for each server, as each has a disk of its own.
        $folder = sys_get_temp_dir() . '/php-login-' . getenv('PORT');
        if (!is_dir($folder)) {
            @mkdir($folder, 0700);
        }
        return ['save_handler' => 'files', 'save_path' => $folder];
    }
    if (getenv('LOCKING') !== false) {
        ini_set('redis.session.locking_enabled', '1');
        // A lock of a server that died ends after this many seconds. Who waits looks 500 times, every 2 ms.
        ini_set('redis.session.lock_expire', '10');
        ini_set('redis.session.lock_retries', '500');
    }
    return ['save_handler' => 'redis', 'save_path' => str_replace('redis://', 'tcp://', $redis)];
}

/** Whoever asks is let in; to check a password is not what this example is about. */
function logIn(string $user): void
{
    session_regenerate_id(true);
    $_SESSION = ['user' => $user, 'cart' => []];
    redirect('/cart');
}

function add(string $item): void
{
    if (!isset($_SESSION['user'])) {
        redirect('/login');
        return;
    }
    usleep(WORK_MICROSECONDS);
    $_SESSION['cart'][] = $item;
    redirect('/cart');
}

function showCart(): void
{
    if (!isset($_SESSION['user'])) {
        redirect('/login');
        return;
    }
    header('Content-Type: application/json');
    echo json_encode(['user' => $_SESSION['user'], 'items' => $_SESSION['cart']]);
}

function redirect(string $path): void
{
    header("Location: $path", true, 302);
}
