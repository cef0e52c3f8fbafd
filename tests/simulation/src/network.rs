//! gRPC over the simulated network: the same HTTP/2 as over a real one.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures::Stream;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tonic::transport::{Channel, Endpoint, Uri, server::Connected};
use turmoil::net::{TcpListener, TcpStream};

const PORT: u16 = 8180;
/// A connection whose packets got lost stays silent for ever; pings find that out.
const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// A connection that a hub took.
pub(crate) struct Connection(TcpStream);

/// The connections to this host.
pub(crate) async fn incoming() -> io::Result<impl Stream<Item = io::Result<Connection>> + Send> {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    Ok(futures::stream::unfold(listener, async |listener| {
        let taken = listener.accept().await.map(|(stream, _)| Connection(stream));
        Some((taken, listener))
    }))
}

/// A way to a host, made with the first call and made anew when it broke.
pub(crate) fn channel(host: &'static str) -> Channel {
    Endpoint::from_static("http://hub")
        .connect_timeout(Duration::from_secs(2))
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .keep_alive_while_idle(true)
        .connect_with_connector_lazy(tower::service_fn(move |_: Uri| async move {
            TcpStream::connect((host, PORT)).await.map(TokioIo::new)
        }))
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}
