package dev.sluice.tasks.http;

import dev.sluice.spi.TaskException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * A URL that may be called.
 *
 * @param uri absolute, http or https, with a host, without user info and fragment
 * @param host lower case, an IPv6 address in brackets
 * @param port never -1
 */
record Target(URI uri, String host, int port) {
    /**
     * @throws TaskException if the text is no such URL; the message does not repeat it, for it may
     *     hold a token
     */
    static Target of(String url) throws TaskException {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException e) {
            throw TaskException.terminal(
                    "url: character "
                            + (e.getIndex() + 1)
                            + ": "
                            + e.getReason()
                            + " (expected: an http or https URL, special characters"
                            + " percent-encoded)");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw TaskException.terminal(
                    "url: scheme \"" + scheme + "\" (expected: http:// or https://)");
        }
        if (uri.getHost() == null) {
            throw TaskException.terminal(
                    "url: no host that can be called (expected: a name of letters, digits, dots and"
                            + " hyphens, or an address)");
        }
        if (uri.getRawUserInfo() != null) {
            throw TaskException.terminal(
                    "url: holds a user name or password (expected: none; send an Authorization"
                            + " header)");
        }
        int port = uri.getPort() == -1 ? (scheme.equals("https") ? 443 : 80) : uri.getPort();
        if (port < 1 || port > 65535) {
            throw TaskException.terminal("url: port " + port + " (expected: 1 to 65535)");
        }
        return new Target(withoutFragment(uri), uri.getHost().toLowerCase(Locale.ROOT), port);
    }

    private static URI withoutFragment(URI uri) {
        String text = uri.toString();
        int fragment = text.indexOf('#');
        return fragment < 0 ? uri : URI.create(text.substring(0, fragment));
    }

    boolean isSecure() {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    boolean isSameOrigin(Target other) {
        return isSecure() == other.isSecure() && host.equals(other.host) && port == other.port;
    }

    /** The place a redirect leads to. */
    Target redirect(String location) throws TaskException {
        try {
            return of(uri.resolve(new URI(location)).toString());
        } catch (URISyntaxException e) {
            throw TaskException.terminal(
                    "http: " + origin() + " redirects to something that is no URL");
        }
    }

    /** All of the URL that is safe to show: paths and queries may hold tokens. */
    String origin() {
        boolean isUsual = port == (isSecure() ? 443 : 80);
        return (isSecure() ? "https://" : "http://") + host + (isUsual ? "" : ":" + port);
    }
}
