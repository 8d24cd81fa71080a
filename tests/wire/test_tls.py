"""TLS on both sides: an upstream is talked to only if its certificate is right, and clients can be
served over TLS. Forward proxies are used as the environment says."""

import base64
import socket
import ssl

import pytest

from certificates import Authority
from gateway import PATIENCE, Client, Gateway, chat, config_for, request, run
from upstream import (
    ANSWER,
    DONE,
    LAST_CHUNK,
    STREAM_HEAD,
    Upstream,
    always,
    chunk,
    event,
    more,
    response,
)

GOOD = response(ANSWER)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


def tls_upstream(context, script=always(GOOD)):
    return Upstream(script, wrap=lambda raw: context.wrap_socket(raw, server_side=True))


def trusting(authority):
    return {"SSL_CERT_FILE": str(authority.file)}


def test_an_upstream_with_a_good_certificate(authority):
    context = authority.server("good", "IP:127.0.0.1")
    with tls_upstream(context) as upstream:
        with Gateway(config_for(upstream.url), trusting(authority)) as gateway:
            with gateway.connect() as client:
                for _ in range(3):
                    assert client.send(chat()).answer().json() == ANSWER
        assert upstream.connections == 1  # TLS connections are kept, too


def test_a_stream_over_tls(authority):
    context = authority.server("stream", "IP:127.0.0.1")
    body = event("") + b"".join(more(f"word {number} ") for number in range(2000))
    body += event(None, "stop") + DONE

    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD)
        for at in range(0, len(body), 777):
            peer.send(chunk(body[at : at + 777]))
        peer.send(LAST_CHUNK)

    with tls_upstream(context, script) as upstream:
        with Gateway(config_for(upstream.url), trusting(authority)) as gateway:
            with gateway.connect() as client:
                assert client.send(chat(stream=True)).answer().body == body


@pytest.mark.parametrize("chunked", [True, False])
def test_an_upload_over_tls(authority, chunked):
    context = authority.server("upload", "IP:127.0.0.1")
    body = bytes(range(256)) * 16384
    got = []

    def script(peer):
        head = peer.read_until(b"\r\n\r\n").decode().lower()
        if chunked:
            data = b""
            while piece := peer.read_chunk():
                data += piece
        else:
            assert f"content-length: {len(body)}" in head
            data = peer.read_exactly(len(body))
        got.append(data == body)
        peer.send(GOOD)

    head = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    with tls_upstream(context, script) as upstream:
        with Gateway(config_for(upstream.url), trusting(authority)) as gateway:
            with gateway.connect() as client:
                client.send(request("POST", "/p/up/files", headers=[head]))
                client.send(chunk(body) + LAST_CHUNK if chunked else body)
                assert client.answer().json() == ANSWER
    assert got == [True]


BAD = {
    "signed by nobody we know": ("IP:127.0.0.1", 2, False, "certificate not accepted"),
    "for another host": ("DNS:other.example", 2, True, "certificate not accepted"),
    "expired": ("IP:127.0.0.1", -1, True, "certificate has expired"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_upstream_with_a_bad_certificate(authority, name):
    alternatives, days, trusted, hint = BAD[name]
    context = authority.server("bad-" + name.replace(" ", "-"), alternatives, days)
    with tls_upstream(context) as upstream:
        with Gateway(config_for(upstream.url), trusting(authority) if trusted else {}) as gateway:
            with gateway.connect() as client:
                answer = client.send(chat()).answer()
                assert answer.status == 502
                message = answer.error()["message"]
                assert message.startswith("cannot open a TLS connection to the upstream: ")
                assert hint in message, message
        assert upstream.seen.empty()  # no request, and so no key, was sent


def test_an_upstream_that_does_not_speak_tls(authority):
    def script(peer):
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.wait_closed()

    with Upstream(script) as upstream:
        url = upstream.url.replace("http:", "https:")
        with Gateway(config_for(url), trusting(authority)) as gateway, gateway.connect() as client:
            answer = client.send(chat()).answer()
            assert answer.status == 502
            assert "TLS" in answer.error()["message"]


def test_an_upstream_that_never_finishes_its_handshake(authority):
    with Upstream(lambda peer: peer.wait_closed()) as upstream:
        url = upstream.url.replace("http:", "https:")
        config = config_for(url, http={"tls_timeout": "300ms"})
        with Gateway(config, trusting(authority)) as gateway, gateway.connect() as client:
            answer = client.send(chat()).answer()
            assert answer.status == 504
            assert "TLS handshake timed out" in answer.error()["message"]


def tls_gateway(authority, upstream, **server):
    cert, key = authority.issue("gateway", "DNS:localhost,IP:127.0.0.1")
    tls = {"cert_file": str(cert), "key_file": str(key)}
    settings = {"address": "127.0.0.1", "port": 0, "workers": 1, "tls": tls, **server}
    return Gateway(config_for(upstream.url, server=settings))


def tls_client(authority, gateway, version=None):
    context = ssl.create_default_context(cafile=str(authority.file))
    if version is not None:
        context.minimum_version = context.maximum_version = version
    raw = socket.create_connection(("127.0.0.1", gateway.port), PATIENCE)
    return Client(context.wrap_socket(raw, server_hostname="localhost"))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_clients_over_tls(authority, version):
    with Upstream(always(GOOD)) as upstream, tls_gateway(authority, upstream) as gateway:
        with tls_client(authority, gateway, version) as client:
            for _ in range(3):
                assert client.send(chat()).answer().json() == ANSWER
            data = chat(headers=["X-Request-ID: cut"])
            for cut in range(1, len(data), 9):
                client.send(data[:cut]).send(data[cut:])
                assert client.answer().json() == ANSWER
            client.send(request("GET", "/health") * 3)
            for _ in range(3):
                assert client.answer().json() == {"status": "ok"}
            large = chat(content="x" * 2_000_000)
            assert client.send(large).answer().json() == ANSWER


def test_streams_and_large_answers_to_clients_over_tls(authority):
    body = event("") + more("x" * 997) * 2000 + event(None, "stop") + DONE
    with Upstream(always(STREAM_HEAD + chunk(body) + LAST_CHUNK)) as upstream:
        with tls_gateway(authority, upstream) as gateway:
            with tls_client(authority, gateway) as client:
                for _ in range(2):
                    assert client.send(chat(stream=True)).answer().body == body


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_plain_text_and_silence_do_not_get_in(authority):
    with Upstream(always(GOOD)) as upstream:
        with tls_gateway(authority, upstream, header_timeout="500ms") as gateway:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                tls_client(authority, gateway, ssl.TLSVersion.TLSv1_1)
            with gateway.connect() as client:
                client.send(request("GET", "/health"))
                try:
                    assert not client.read_all().startswith(b"HTTP/")
                except ConnectionResetError:
                    pass
            with tls_client(authority, gateway) as client:  # and it still serves
                assert client.send(chat()).answer().status == 200


def test_a_client_that_leaves_a_tls_stream_ends_the_call(authority):
    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(event("a")))
        peer.wait_closed()

    with Upstream(script) as upstream, tls_gateway(authority, upstream) as gateway:
        client = tls_client(authority, gateway)
        client.send(chat(stream=True, headers=["X-Request-ID: gone"])).read_head()
        client.close()
        assert gateway.wait_record("gone")["end"] == "client_gone"


@pytest.mark.parametrize("wrong", ["missing", "garbage", "another key"])
def test_certificates_that_cannot_be_used(authority, wrong, tmp_path):
    cert, key = authority.issue("server", "DNS:localhost")
    _, other_key = authority.issue("other", "DNS:localhost")
    named = str(cert)
    if wrong == "missing":
        named = cert = str(tmp_path / "no.pem")
    elif wrong == "garbage":
        cert = tmp_path / "garbage.pem"
        cert.write_text("nonsense")
        named = str(cert)
    else:
        key = other_key
        named = str(other_key)
    config = config_for(
        "http://127.0.0.1:1/v1",
        server={"port": 0, "tls": {"cert_file": str(cert), "key_file": str(key)}},
    )
    gateway = Gateway(config)
    assert gateway.wait() == 1
    assert "server.tls: " in gateway.lines[-1]
    assert named in gateway.lines[-1]
    gateway.kill()


def proxy(script, context=None):
    """A forward proxy that is the upstream as well."""

    def serve(peer):
        if context is None:
            return script(peer)
        seen = peer.read_request()
        assert seen.line.startswith("CONNECT "), seen.line
        peer.send(b"HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n")
        peer.socket = context.wrap_socket(peer.socket, server_side=True)
        script(peer)

    return Upstream(serve)


def test_http_proxy():
    with proxy(always(GOOD)) as upstream:
        url = f"http://us%40er:pass@127.0.0.1:{upstream.port}"
        config = config_for("http://upstream.example/v1")
        with Gateway(config, {"HTTP_PROXY": url}) as gateway, gateway.connect() as client:
            for _ in range(2):
                assert client.send(chat()).answer().json() == ANSWER
        seen = upstream.next_request()
        assert seen.line == "POST http://upstream.example/v1/chat/completions HTTP/1.1"
        assert seen.headers["host"] == "upstream.example"
        secret = base64.b64encode(b"us@er:pass").decode()
        assert seen.headers["proxy-authorization"] == "Basic " + secret
        assert upstream.connections == 1
        assert "pass" not in "\n".join(gateway.lines).replace("passthrough", "")


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_https_proxy(authority, variable):
    context = authority.server("tunnel", "DNS:upstream.example")
    with proxy(always(GOOD), context) as upstream:
        env = {variable: f"http://u:secret@127.0.0.1:{upstream.port}", **trusting(authority)}
        with Gateway(config_for("https://upstream.example/v1"), env) as gateway:
            with gateway.connect() as client:
                for _ in range(2):
                    assert client.send(chat()).answer().json() == ANSWER
        tunnel = upstream.next_request()
        assert tunnel.line == "CONNECT upstream.example:443 HTTP/1.1"
        assert tunnel.headers["host"] == "upstream.example:443"
        assert "proxy-authorization" in tunnel.headers
        assert "authorization" not in tunnel.headers
        seen = upstream.next_request()
        assert seen.line == "POST /v1/chat/completions HTTP/1.1"
        assert seen.headers["authorization"] == "Bearer sk-upstream-secret"
        assert "proxy-authorization" not in seen.headers
        assert upstream.connections == 1


def test_a_proxy_that_refuses_a_tunnel(authority):
    script = always(response(b"no", "407 Proxy Authentication Required"))
    with Upstream(script) as upstream:
        env = {"HTTPS_PROXY": f"http://127.0.0.1:{upstream.port}", **trusting(authority)}
        with Gateway(config_for("https://upstream.example/v1"), env) as gateway:
            with gateway.connect() as client:
                answer = client.send(chat()).answer()
                assert answer.status == 502
                assert answer.error()["message"] == "the proxy refused a tunnel with status 407"


def test_no_proxy_and_loopback_go_directly():
    with Upstream(always(GOOD)) as upstream:
        env = {"HTTP_PROXY": "http://127.0.0.1:1"}
        with Gateway(config_for(upstream.url), env) as gateway, gateway.connect() as client:
            assert client.send(chat()).answer().json() == ANSWER
        env = {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": ".example,other"}
        with Gateway(config_for("http://upstream.example/v1"), env) as gateway:
            with gateway.connect() as client:
                error = client.send(chat()).answer().error()
                assert "cannot resolve" in error["message"]  # the host itself was looked for


def test_a_proxy_that_makes_no_sense_is_refused(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("server: {port: 0}\n")
    done = run("check-config", file, env={"HTTP_PROXY": "ftp://user:secret@x:1"})
    assert done.returncode == 1
    assert "HTTP_PROXY" in done.stderr
    assert "secret" not in done.stderr
