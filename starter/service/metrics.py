"""What the service counts of itself, for Prometheus; each app has its own registry."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0)


class Measures:
    """Counters and a histogram. Labels are route templates and words of ours: their number is bounded."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "pingtai_http_requests",
            "Requests that were answered.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "pingtai_http_request_seconds",
            "Seconds from the request's head to the end of its answer.",
            ("route", "method"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "pingtai_http_requests_in_flight",
            "Requests that are being answered.",
            registry=self.registry,
        )
        self.refused_keys = Counter(
            "pingtai_http_refused_keys",
            "Calls that were refused for their key, by the reason.",
            ("reason",),
            registry=self.registry,
        )

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
