package searchengine;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.apache.lucene.util.BytesRef;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.cluster.node.DiscoveryNode;
import org.elasticsearch.common.bytes.BytesArray;
import org.elasticsearch.common.bytes.BytesReference;
import org.elasticsearch.common.bytes.ReleasableBytesReference;
import org.elasticsearch.common.component.AbstractLifecycleComponent;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.network.NetworkService;
import org.elasticsearch.common.settings.ClusterSettings;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.transport.BoundTransportAddress;
import org.elasticsearch.common.transport.TransportAddress;
import org.elasticsearch.common.recycler.Recycler;
import org.elasticsearch.common.util.BigArrays;
import org.elasticsearch.common.util.PageCacheRecycler;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.http.AbstractHttpServerTransport;
import org.elasticsearch.http.HttpBody;
import org.elasticsearch.http.HttpChannel;
import org.elasticsearch.http.HttpPreRequest;
import org.elasticsearch.http.HttpRequest;
import org.elasticsearch.http.HttpResponse;
import org.elasticsearch.http.HttpServerChannel;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.indices.breaker.CircuitBreakerService;
import org.elasticsearch.plugins.NetworkPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.rest.ChunkedRestResponseBodyPart;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.telemetry.tracing.Tracer;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.BytesRefRecycler;
import org.elasticsearch.transport.ConnectTransportException;
import org.elasticsearch.transport.ConnectionProfile;
import org.elasticsearch.transport.Transport;
import org.elasticsearch.transport.TransportMessageListener;
import org.elasticsearch.transport.TransportStats;
import org.elasticsearch.xcontent.NamedXContentRegistry;

/**
 * HTTP for one node of Elasticsearch 9. Its server jar is on Maven Central, and its Netty module is not. This takes the
 * module's place: HTTP by the JDK's own server, and no transport to other nodes. Answers, headers, media types and
 * refusals are Elasticsearch's own: RestController and everything behind it.
 */
public final class LoopbackPlugin extends Plugin implements NetworkPlugin {
    @Override
    public Map<String, Supplier<Transport>> getTransports(Settings settings, ThreadPool threadPool, PageCacheRecycler recycler,
            CircuitBreakerService breakers, NamedWriteableRegistry registry, NetworkService network) {
        return Map.of("loopback", NoTransport::new);
    }

    @Override
    public Map<String, Supplier<HttpServerTransport>> getHttpTransports(Settings settings, ThreadPool threadPool, BigArrays bigArrays,
            PageCacheRecycler recycler, CircuitBreakerService breakers, NamedXContentRegistry xContent, NetworkService network,
            HttpServerTransport.Dispatcher dispatcher, BiConsumer<HttpPreRequest, ThreadContext> perRequest, ClusterSettings clusterSettings,
            Tracer tracer) {
        return Map.of("loopback", () -> new Http(settings, network, recycler, threadPool, xContent, dispatcher, clusterSettings, tracer));
    }

    /** A single node needs no connection to itself. */
    static final class NoTransport extends AbstractLifecycleComponent implements Transport {
        private final ResponseHandlers responses = new ResponseHandlers();
        private final RequestHandlers requests = new RequestHandlers();
        private final TransportAddress address = new TransportAddress(new InetSocketAddress("127.0.0.1", 1));

        @Override public void setMessageListener(TransportMessageListener listener) {}
        @Override public BoundTransportAddress boundAddress() { return new BoundTransportAddress(new TransportAddress[] {address}, address); }
        @Override public BoundTransportAddress boundRemoteIngressAddress() { return null; }
        @Override public Map<String, BoundTransportAddress> profileBoundAddresses() { return Map.of(); }
        @Override public TransportAddress[] addressesFromString(String text) { return new TransportAddress[] {address}; }
        @Override public List<String> getDefaultSeedAddresses() { return List.of(); }
        @Override public void openConnection(DiscoveryNode node, ConnectionProfile profile, ActionListener<Connection> listener) {
            listener.onFailure(new ConnectTransportException(node, "there is one node only"));
        }
        @Override public TransportStats getStats() { return new TransportStats(0, 0, 0, 0, 0, 0, new long[29], new long[29], Map.of()); }
        @Override public ResponseHandlers getResponseHandlers() { return responses; }
        @Override public RequestHandlers getRequestHandlers() { return requests; }
        @Override protected void doStart() {}
        @Override protected void doStop() {}
        @Override protected void doClose() {}
    }

    static final class Http extends AbstractHttpServerTransport {
        private HttpServer server;

        Http(Settings settings, NetworkService network, PageCacheRecycler recycler, ThreadPool threadPool, NamedXContentRegistry xContent,
                HttpServerTransport.Dispatcher dispatcher, ClusterSettings clusterSettings, Tracer tracer) {
            super(settings, network, new BytesRefRecycler(recycler), threadPool, xContent, dispatcher, clusterSettings, tracer);
        }

        @Override protected void doStart() { bindServer(); }

        @Override
        protected HttpServerChannel bind(InetSocketAddress address) throws Exception {
            server = HttpServer.create(address, 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", this::handle);
            server.start();
            return new ServerChannel(server);
        }

        @Override protected void stopInternal() { if (server != null) server.stop(0); }

        private void handle(HttpExchange exchange) throws IOException {
            try (exchange) {
                byte[] body = read(exchange, maxContentLength.getBytes());
                if (body == null) {
                    exchange.getResponseHeaders().set("Connection", "close");
                    exchange.sendResponseHeaders(413, -1);
                    return;
                }
                Channel channel = new Channel(exchange);
                serverAcceptedChannel(channel);
                try {
                    incomingRequest(new Request(exchange, body), channel);
                    channel.answer.thenAccept(response -> channel.send(response, recycler())).join();
                } finally {
                    channel.close();
                }
            } catch (Exception e) {
                if (!(e.getCause() instanceof IOException)) e.printStackTrace();
            }
        }

        /** The body, unzipped; null if it is longer than the maximum. */
        private static byte[] read(HttpExchange exchange, long max) throws IOException {
            boolean zipped = "gzip".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            try (InputStream in = zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                byte[] chunk = new byte[65_536];
                for (int n; (n = in.read(chunk)) >= 0;) {
                    if (out.size() + (long) n > max) return null;
                    out.write(chunk, 0, n);
                }
                return out.toByteArray();
            }
        }
    }

    record ServerChannel(HttpServer server, CompletableFuture<Void> closed) implements HttpServerChannel {
        ServerChannel(HttpServer server) { this(server, new CompletableFuture<>()); }
        @Override public InetSocketAddress getLocalAddress() { return server.getAddress(); }
        @Override public void close() { server.stop(0); closed.complete(null); }
        @Override public void addCloseListener(ActionListener<Void> listener) { closed.thenAccept(listener::onResponse); }
        @Override public boolean isOpen() { return !closed.isDone(); }
    }

    static final class Channel implements HttpChannel {
        final HttpExchange exchange;
        final CompletableFuture<Response> answer = new CompletableFuture<>();
        private final CompletableFuture<Void> closed = new CompletableFuture<>();
        private volatile ActionListener<Void> sent;

        Channel(HttpExchange exchange) { this.exchange = exchange; }

        @Override
        public void sendResponse(HttpResponse response, ActionListener<Void> listener) {
            sent = listener;
            answer.complete((Response) response);
        }

        void send(Response response, Recycler<BytesRef> recycler) {
            try {
                for (Map.Entry<String, List<String>> header : response.headers.entrySet()) {
                    if (header.getKey().equalsIgnoreCase("content-length") || header.getKey().equalsIgnoreCase("transfer-encoding")) continue;
                    header.getValue().forEach(value -> exchange.getResponseHeaders().add(header.getKey(), value));
                }
                boolean head = exchange.getRequestMethod().equals("HEAD");
                if (response.chunks == null || head) {
                    byte[] bytes = response.content == null ? new byte[0] : BytesReference.toBytes(response.content);
                    exchange.sendResponseHeaders(response.status.getStatus(), head || bytes.length == 0 ? -1 : bytes.length);
                    if (!head && bytes.length > 0) exchange.getResponseBody().write(bytes);
                } else {
                    exchange.sendResponseHeaders(response.status.getStatus(), 0);
                    OutputStream out = exchange.getResponseBody();
                    for (ChunkedRestResponseBodyPart part = response.chunks; part != null; part = next(part)) {
                        while (!part.isPartComplete()) {
                            try (ReleasableBytesReference chunk = part.encodeChunk(65_536, recycler)) {
                                chunk.writeTo(out);
                            }
                        }
                    }
                    out.close();
                }
                sent.onResponse(null);
            } catch (Exception e) {
                sent.onFailure(e);
            }
        }

        private static ChunkedRestResponseBodyPart next(ChunkedRestResponseBodyPart part) throws Exception {
            if (part.isLastPart()) return null;
            CompletableFuture<ChunkedRestResponseBodyPart> next = new CompletableFuture<>();
            part.getNextPart(ActionListener.wrap(next::complete, next::completeExceptionally));
            return next.get();
        }

        @Override public InetSocketAddress getLocalAddress() { return exchange.getLocalAddress(); }
        @Override public InetSocketAddress getRemoteAddress() { return exchange.getRemoteAddress(); }
        @Override public void close() { closed.complete(null); }
        @Override public void addCloseListener(ActionListener<Void> listener) { closed.thenAccept(listener::onResponse); }
        @Override public boolean isOpen() { return !closed.isDone(); }
    }

    static final class Request implements HttpRequest {
        private final RestRequest.Method method;
        private final String uri;
        private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private HttpBody body;

        Request(HttpExchange exchange, byte[] body) {
            this(RestRequest.Method.valueOf(exchange.getRequestMethod()), exchange.getRequestURI().toString(),
                exchange.getRequestHeaders(), HttpBody.fromBytesReference(new BytesArray(body)));
            headers.remove("content-encoding");
        }

        private Request(RestRequest.Method method, String uri, Map<String, List<String>> headers, HttpBody body) {
            this.method = method;
            this.uri = uri;
            this.headers.putAll(headers);
            this.body = body;
        }

        @Override public RestRequest.Method method() { return method; }
        @Override public String uri() { return uri; }
        @Override public Map<String, List<String>> getHeaders() { return headers; }
        @Override public HttpBody body() { return body; }
        @Override public void setBody(HttpBody body) { this.body = body; }
        @Override public List<String> strictCookies() { return List.of(); }
        @Override public HttpVersion protocolVersion() { return HttpVersion.HTTP_1_1; }
        @Override public HttpRequest removeHeader(String header) {
            Request other = new Request(method, uri, headers, body);
            other.headers.remove(header);
            return other;
        }
        @Override public boolean hasContent() { return !body.isEmpty(); }
        @Override public HttpResponse createResponse(RestStatus status, BytesReference content) { return new Response(status, content, null); }
        @Override public HttpResponse createResponse(RestStatus status, ChunkedRestResponseBodyPart chunks) { return new Response(status, null, chunks); }
        @Override public Exception getInboundException() { return null; }
        @Override public void release() {}
    }

    static final class Response implements HttpResponse {
        final RestStatus status;
        final BytesReference content;
        final ChunkedRestResponseBodyPart chunks;
        final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        Response(RestStatus status, BytesReference content, ChunkedRestResponseBodyPart chunks) {
            this.status = status;
            this.content = content;
            this.chunks = chunks;
        }

        @Override public void addHeader(String name, String value) { headers.computeIfAbsent(name, k -> new ArrayList<>()).add(value); }
        @Override public boolean containsHeader(String name) { return headers.containsKey(name); }
    }
}
