"""How patient the bot is with Azure; the defaults suit the service itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AzureSettings:
    """All times are in seconds.

    Attributes:
        connect_timeout: for a connection.
        read_timeout: for one answer.
        retries: of one request, by the SDK, on 408, 429 and 5xx.
        backoff: base of the wait between retries where the service names none.
        poll_interval: of long-running operations; the service may ask for another.
        operation_deadline: for a long-running operation; deployments take about 20.
        read_back_deadline: for a write to show in what is read.
        read_back_interval: between two such reads.
        workers: parallel reads of a listing.
        connections: kept open to one host; at least as many as threads that write.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    retries: int = 3
    backoff: float = 0.8
    poll_interval: float = 5.0
    operation_deadline: float = 1800.0
    read_back_deadline: float = 120.0
    read_back_interval: float = 2.0
    workers: int = 8
    connections: int = 32
