package stockstore;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Spring Session in Redis, as Spring Boot sets it up. */
@SpringBootApplication
@RestController
public class Server {
  private static final int MOST_WORK_NANOSECONDS = 2_000_000;

  public static void main(String[] args) {
    SpringApplication.run(Server.class, args);
  }

  @GetMapping("/about")
  Map<String, String> about() {
    return Map.of("store", "Spring Session " + RedisSessionRepository.class.getPackage().getImplementationVersion());
  }

  @PostMapping("/login")
  void logIn(@RequestParam String user, HttpServletRequest request) {
    request.getSession().setAttribute("user", user);
  }

  @PostMapping("/write")
  void write(@RequestParam String attribute, HttpServletRequest request) {
    HttpSession session = loggedIn(request);
    work();
    session.setAttribute(attribute, 1);
  }

  @PostMapping("/logout")
  void logOut(HttpServletRequest request) {
    HttpSession session = loggedIn(request);
    work();
    session.invalidate();
  }

  @PostMapping("/rotate")
  void rotate(HttpServletRequest request) {
    loggedIn(request);
    work();
    request.changeSessionId();
  }

  @GetMapping("/inspect")
  List<String> inspect(HttpServletRequest request) {
    return Collections.list(loggedIn(request).getAttributeNames());
  }

  private static HttpSession loggedIn(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    if (session != null && session.getAttribute("user") != null) return session;
    throw new ResponseStatusException(HttpStatus.UNAUTHORIZED);
  }

  private static void work() {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(MOST_WORK_NANOSECONDS));
  }
}
