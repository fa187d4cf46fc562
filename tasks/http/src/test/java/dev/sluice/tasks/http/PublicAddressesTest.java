package dev.sluice.tasks.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublicAddressesTest {
    @Test
    void addressesOfTheInternetArePublic() {
        for (String address :
                List.of(
                        "8.8.8.8",
                        "1.1.1.1",
                        "93.184.216.34",
                        "172.32.0.1",
                        "100.128.0.1",
                        "223.255.255.255",
                        "2606:4700::1111",
                        "2a00:1450:4001::1")) {
            assertThat(PublicAddresses.contains(InetAddress.ofLiteral(address)))
                    .as(address)
                    .isTrue();
        }
    }

    @Test
    void everythingElseIsNot() {
        for (String address :
                List.of(
                        "0.0.0.0",
                        "10.0.0.1",
                        "100.64.0.1",
                        "100.127.255.255",
                        "127.0.0.1",
                        "127.255.255.254",
                        "169.254.169.254",
                        "172.16.0.1",
                        "172.31.255.255",
                        "192.0.0.1",
                        "192.0.2.1",
                        "192.168.1.1",
                        "198.18.0.1",
                        "198.51.100.1",
                        "203.0.113.1",
                        "224.0.0.1",
                        "240.0.0.1",
                        "255.255.255.255",
                        "::",
                        "::1",
                        "::ffff:127.0.0.1",
                        "::ffff:8.8.8.8",
                        "::127.0.0.1",
                        "64:ff9b::7f00:1",
                        "64:ff9b:1::1",
                        "100::1",
                        "fc00::1",
                        "fd12::1",
                        "fe80::1",
                        "fec0::1",
                        "ff02::1",
                        "2001::1",
                        "2001:db8::1",
                        "2002:7f00:1::",
                        "3fff::1",
                        "5f00::1")) {
            boolean isMappedPublic = address.equals("::ffff:8.8.8.8");
            assertThat(PublicAddresses.contains(InetAddress.ofLiteral(address)))
                    .as(address)
                    // Java reads a mapped address as the IPv4 address it is, and calls that.
                    .isEqualTo(isMappedPublic);
        }
    }

    @Test
    void aPolicyAllowsANameAtAPort() {
        NetworkPolicy policy = new NetworkPolicy(List.of("Db.Internal:8080", "plain", "[::1]:99"));

        assertThat(policy.allows("db.internal", 8080)).isTrue();
        assertThat(policy.allows("db.internal", 80)).isFalse();
        assertThat(policy.allows("plain", 443)).isTrue();
        assertThat(policy.allows("plain", 8080)).isFalse();
        assertThat(policy.allows("[::1]", 99)).isTrue();
        for (String bad : List.of("", "a:0", "a:99999", "http://a", "a/b", "::1", "*")) {
            assertThatThrownBy(() -> new NetworkPolicy(List.of(bad)))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"" + bad + "\"");
        }
    }
}
