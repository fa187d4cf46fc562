package dev.sluice.tasks.http;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * The addresses that lie on the public Internet, by the registries of special-purpose addresses
 * (RFC 6890 and IANA's tables of 2025). For IPv6 only the global unicast range, 2000::/3, is
 * public; ranges that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo) are not, since
 * they lead to whatever that address is.
 */
final class PublicAddresses {
    private record Range(int prefix, int bits) {
        static Range of(int a, int b, int c, int bits) {
            return new Range(a << 24 | b << 16 | c << 8, bits);
        }

        boolean contains(int address) {
            return (address ^ prefix) >>> (32 - bits) == 0;
        }
    }

    private static final List<Range> SPECIAL_IPV4 =
            List.of(
                    Range.of(0, 0, 0, 8),
                    Range.of(10, 0, 0, 8),
                    Range.of(100, 64, 0, 10),
                    Range.of(127, 0, 0, 8),
                    Range.of(169, 254, 0, 16),
                    Range.of(172, 16, 0, 12),
                    Range.of(192, 0, 0, 24),
                    Range.of(192, 0, 2, 24),
                    Range.of(192, 31, 196, 24),
                    Range.of(192, 52, 193, 24),
                    Range.of(192, 88, 99, 24),
                    Range.of(192, 168, 0, 16),
                    Range.of(192, 175, 48, 24),
                    Range.of(198, 18, 0, 15),
                    Range.of(198, 51, 100, 24),
                    Range.of(203, 0, 113, 24),
                    // Multicast and everything above it.
                    Range.of(224, 0, 0, 3));

    /** Within 2000::/3, by its first 32 bits: protocol assignments, documentation, 6to4. */
    private static final List<Range> SPECIAL_IPV6 =
            List.of(
                    new Range(0x2001_0000, 23),
                    new Range(0x2001_0db8, 32),
                    new Range(0x2002_0000, 16),
                    new Range(0x3fff_0000, 20));

    private PublicAddresses() {}

    static boolean contains(InetAddress address) {
        return switch (address) {
            case Inet4Address v4 -> {
                int bits = first32(v4.getAddress());
                yield SPECIAL_IPV4.stream().noneMatch(r -> r.contains(bits));
            }
            case Inet6Address v6 -> {
                int bits = first32(v6.getAddress());
                yield bits >>> 29 == 1 && SPECIAL_IPV6.stream().noneMatch(r -> r.contains(bits));
            }
            case InetAddress _ -> false;
        };
    }

    private static int first32(byte[] address) {
        return (address[0] & 0xff) << 24
                | (address[1] & 0xff) << 16
                | (address[2] & 0xff) << 8
                | (address[3] & 0xff);
    }
}
