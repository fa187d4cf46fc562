package dev.sluice.tasks.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where flows may call beside the public Internet. A name is allowed as it is written in the URL,
 * whatever address it has; names that are not allowed must have public addresses only.
 */
public final class NetworkPolicy {
    /** Only public addresses. */
    public static final NetworkPolicy PUBLIC_ONLY = new NetworkPolicy(List.of());

    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::(\\d{1,5}))?");

    private final Set<String> allowed = new HashSet<>();

    /**
     * @param allowed {@code host:port}, or {@code host} for its ports 80 and 443; an IPv6 address
     *     stands in brackets
     * @throws IllegalArgumentException if an entry has another form; the message names it
     */
    public NetworkPolicy(List<String> allowed) {
        for (String entry : allowed) {
            Matcher form = FORM.matcher(entry);
            if (!form.matches()) {
                throw malformed(entry);
            }
            String host = form.group(1).toLowerCase(Locale.ROOT);
            if (form.group(2) == null) {
                this.allowed.add(host + ":80");
                this.allowed.add(host + ":443");
            } else {
                int port = Integer.parseInt(form.group(2));
                if (port < 1 || port > 65535) {
                    throw malformed(entry);
                }
                this.allowed.add(host + ":" + port);
            }
        }
    }

    private static IllegalArgumentException malformed(String entry) {
        return new IllegalArgumentException(
                "allowed host: \""
                        + entry
                        + "\" (expected: host or host:port, such as db.internal:8080 or"
                        + " [::1]:8080)");
    }

    /** Whether this very host and port were allowed by name. */
    public boolean allows(String host, int port) {
        return allowed.contains(host.toLowerCase(Locale.ROOT) + ":" + port);
    }
}
