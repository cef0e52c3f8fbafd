//! A line between two processes on this machine that can be cut: then nothing comes through and nobody is told.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::nats::free_port;

/// One line, as long as it is held.
pub struct Link {
    /// Where it is entered.
    pub port: u16,
    whole: watch::Sender<bool>,
}

impl Link {
    /// A line to a port.
    pub async fn to(target: u16) -> Self {
        let port = free_port();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a port");
        let (whole, state) = watch::channel(true);
        tokio::spawn(async move {
            let mut over = state.clone();
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    // The sender is gone with the link.
                    _ = over.wait_for(|_| false) => return,
                };
                if let Ok((stream, _)) = accepted {
                    tokio::spawn(carry(stream, target, state.clone()));
                }
            }
        });
        Self { port, whole }
    }

    /// Cuts it, or mends it: then what was held hangs no longer but breaks.
    pub fn set_whole(&self, whole: bool) {
        self.whole.send_replace(whole);
    }
}

async fn carry(mut near: TcpStream, target: u16, mut whole: watch::Receiver<bool>) {
    if *whole.borrow() {
        let Ok(mut far) = TcpStream::connect(("127.0.0.1", target)).await else {
            return;
        };
        let copied = tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => true,
            _ = whole.wait_for(|whole| !whole) => false,
        };
        if copied {
            return;
        }
        drop(whole.wait_for(|whole| *whole).await);
        drop(far);
    } else {
        drop(whole.wait_for(|whole| *whole).await);
    }
}
