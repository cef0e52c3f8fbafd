//! Taking connections: a failure to take one never ends the taking, and who says nothing does not keep a connection.

use std::{
    future::Future as _,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::{Stream, StreamExt as _};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Instant, Sleep},
};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::server::{Connected, TcpConnectInfo};

/// A connection begins with so many bytes (the preface of HTTP/2; a request of HTTP/1.1 is longer) within so much time. From then on
/// HTTP's own limits hold: 30 s for the head of a request, pings of HTTP/2 that have to be answered.
const BEGINNING_BYTES: usize = 24;
const BEGINNING: Duration = Duration::from_secs(10);
/// Pause after a connection that could not be taken, as when the process has no file descriptor left.
const PAUSE: Duration = Duration::from_millis(50);

/// The connections of a listener. It goes on whatever happens to a single one.
pub(crate) fn connections(listener: TcpListener) -> impl Stream<Item = io::Result<Peer>> {
    TcpListenerStream::new(listener).filter_map(async |taken| match taken {
        Ok(stream) => {
            drop(stream.set_nodelay(true));
            Some(Ok(Peer::new(stream)))
        }
        Err(error) => {
            if !is_of_peer(&error) {
                tracing::warn!(%error, "a connection could not be taken; trying again");
                tokio::time::sleep(PAUSE).await;
            }
            None
        }
    })
}

/// The peer went away before it was taken: nothing to wait for.
fn is_of_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    )
}

/// A connection that ends when its peer does not begin to speak.
#[derive(Debug)]
pub(crate) struct Peer {
    stream: TcpStream,
    /// Until the beginning was read.
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    read: usize,
    until: Pin<Box<Sleep>>,
}

// === impl Peer ===

impl Peer {
    fn new(stream: TcpStream) -> Self {
        let waiting = Waiting {
            read: 0,
            until: Box::pin(tokio::time::sleep_until(Instant::now() + BEGINNING)),
        };
        Self {
            stream,
            waiting: Some(waiting),
        }
    }
}

impl AsyncRead for Peer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let Some(waiting) = &mut self.waiting else { return read };
        if read.is_pending() {
            ready!(waiting.until.as_mut().poll(context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        waiting.read += buffer.filled().len() - before;
        if waiting.read >= BEGINNING_BYTES {
            self.waiting = None;
        }
        read
    }
}

impl AsyncWrite for Peer {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Connected for Peer {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// A peer of a listener, and its other end.
    async fn pair() -> (Peer, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        (Peer::new(stream), other)
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_too_little_is_let_go() {
        let (mut peer, mut other) = pair().await;
        other.write_all(&[1; BEGINNING_BYTES - 1]).await.unwrap();
        let mut buffer = [0; BEGINNING_BYTES];
        let error = peer.read_exact(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_has_begun_may_take_its_time() {
        let (mut peer, mut other) = pair().await;
        other.write_all(&[1; BEGINNING_BYTES]).await.unwrap();
        peer.read_exact(&mut [0; BEGINNING_BYTES]).await.unwrap();
        assert!(peer.waiting.is_none());
    }
}
