import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.exceptions.JedisException;

/** Reads the sessions of @holdfast/session (docs/session-format.md, version 1) and answers GET /me. */
public final class SessionReader {
  private static final String PREFIX = "hf:session:";
  private static final Pattern COOKIE = Pattern.compile("(?:^|;)\\s*hf_sid=([^;]*)");
  private static final Pattern OWN_SID = Pattern.compile("([0-9a-f]{2})~[A-Za-z0-9_-]{32}");
  private static final int MAX_COOKIES = 8;

  private final JedisPooled redis;
  private final List<String> secrets;
  private final long idleMs;
  private final String touch;

  private SessionReader(JedisPooled redis, List<String> secrets, long idleMs, Path luaFolder) throws IOException {
    this.redis = redis;
    this.secrets = secrets;
    this.idleMs = idleMs;
    this.touch = Files.readString(luaFolder.resolve("shared.lua")) + Files.readString(luaFolder.resolve("touch.lua"));
  }

  /** User and attributes of the session of a Cookie header, or empty where nobody is logged in. To find it counts as a use. */
  Optional<JsonObject> find(String header) throws GeneralSecurityException {
    for (String sid : signedSids(header)) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(sid.getBytes(StandardCharsets.UTF_8));
      String id = Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
      var own = OWN_SID.matcher(sid);
      String bucket = own.matches() ? own.group(1) : HexFormat.of().formatHex(hash, 0, 1);
      String key = PREFIX + "{" + bucket + "}:" + id;
      Map<String, String> fields = redis.hgetAll(key);
      if (!fields.containsKey("@c") || fields.containsKey("@x")) continue;
      if (System.currentTimeMillis() - Long.parseLong(fields.get("@t")) >= idleMs / 10) {
        redis.eval(touch, List.of(key), List.of(PREFIX, bucket, id, Long.toString(idleMs + idleMs / 10)));
      }
      return open(fields);
    }
    return Optional.empty();
  }

  /** The sids that one of the secrets signed, compared in constant time. */
  private List<String> signedSids(String header) throws GeneralSecurityException {
    List<String> sids = new ArrayList<>();
    var cookies = COOKIE.matcher(header);
    for (int n = 0; n < MAX_COOKIES && cookies.find(); n++) {
      String value = decode(cookies.group(1).strip());
      int dot = value.lastIndexOf('.');
      if (!value.startsWith("s:") || dot < 3) continue;
      String sid = value.substring(2, dot);
      byte[] given = value.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
      for (String secret : secrets) {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signature = mac.doFinal(sid.getBytes(StandardCharsets.UTF_8));
        if (MessageDigest.isEqual(Base64.getEncoder().withoutPadding().encode(signature), given)) {
          sids.add(sid);
          break;
        }
      }
    }
    return sids;
  }

  /** Percent escapes only: a plus sign is one. What is malformed has no signature of ours. */
  private static String decode(String raw) {
    try {
      return URLDecoder.decode(raw.replaceAll("^\"|\"$", "").replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return "";
    }
  }

  /** Empty for the session of a visitor who has not logged in. */
  private static Optional<JsonObject> open(Map<String, String> fields) {
    if (!fields.containsKey("@u") || !fields.containsKey("@p")) return Optional.empty();
    JsonElement user = parse(fields.getOrDefault("=user", "null"));
    if (!(user instanceof JsonObject object) || !new JsonPrimitive(fields.get("@u")).equals(object.get("id"))) {
      return Optional.empty();
    }
    JsonObject attributes = new JsonObject();
    fields.forEach((field, text) -> {
      if (field.startsWith("=") && !field.equals("=user")) attributes.add(field.substring(1), parse(text));
    });
    JsonObject session = new JsonObject();
    session.add("user", user);
    session.add("attributes", attributes);
    return Optional.of(session);
  }

  /** Null for what is no JSON: another serializer wrote it. */
  private static JsonElement parse(String text) {
    try {
      return JsonParser.parseString(text);
    } catch (JsonParseException unreadable) {
      return null;
    }
  }

  private void me(HttpExchange exchange) throws IOException {
    try {
      var session = find(String.join("; ", exchange.getRequestHeaders().getOrDefault("Cookie", List.of())));
      if (session.isPresent()) answer(exchange, 200, session.get());
      else answer(exchange, 401, Map.of("code", "unauthenticated"));
    } catch (JedisException away) {
      exchange.getResponseHeaders().set("Retry-After", "1");
      answer(exchange, 503, Map.of("code", "session_unavailable"));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] text = new GsonBuilder().serializeNulls().create().toJson(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }

  public static void main(String[] args) throws IOException {
    Map<String, String> env = System.getenv();
    URI url = URI.create(env.get("REDIS_URL"));
    var config = DefaultJedisClientConfig.builder().timeoutMillis(500).build();
    var redis = new JedisPooled(new HostAndPort(url.getHost(), url.getPort()), config);
    long idleMs = Long.parseLong(env.getOrDefault("IDLE_SECONDS", "1800")) * 1000;
    Path lua = Path.of(env.getOrDefault("SESSION_LUA", "../../../packages/session/lua"));
    var reader = new SessionReader(redis, List.of(env.get("SESSION_SECRETS").split(",")), idleMs, lua);
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(env.get("PORT"))), 0);
    server.createContext("/me", reader::me);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.start();
  }
}
