//! Where the shared journal is, in one line: `nats://a:4222,b:4222,c:4222/AXIS?replicas=3&monitor=a:8222,b:8222,c:8222`.

use std::{fmt, path::PathBuf, str::FromStr};

/// Port of a NATS server where none is named.
const PORT: u16 = 4222;
/// Copies of the stream where the address does not say.
const REPLICAS: usize = 3;

/// A shared journal: its servers, its name, and how to reach it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Servers, each as `nats://host:port` or `tls://host:port`.
    pub servers: Vec<String>,
    /// User and password, the same at all servers.
    pub user: Option<(String, String)>,
    /// Name of the axis: of the stream, of the first part of its subjects, of its bucket.
    pub axis: String,
    /// Copies that the stream is made with; a stream that is there keeps its own number.
    pub replicas: usize,
    /// Monitoring ports of the servers, `host:port`: what they say of `sync_interval` is checked.
    pub monitors: Vec<String>,
    /// Messages that stay in the stream; what is before them goes into the archive and leaves the stream. All stay where absent.
    pub keep: Option<u64>,
    /// Credentials file (JWT and NKEY seed).
    pub credentials: Option<PathBuf>,
    /// Root of the servers' certificates, PEM.
    pub ca: Option<PathBuf>,
    /// Client certificate and key, PEM.
    pub identity: Option<(PathBuf, PathBuf)>,
}

impl fmt::Debug for Address {
    /// Without the password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Address")
            .field("servers", &self.servers)
            .field("user", &self.user.as_ref().map(|(name, _)| name))
            .field("axis", &self.axis)
            .field("replicas", &self.replicas)
            .field("monitors", &self.monitors)
            .field("keep", &self.keep)
            .field("credentials", &self.credentials)
            .field("ca", &self.ca)
            .field("identity", &self.identity)
            .finish()
    }
}

/// Not the address of a shared journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` is no address of a shared journal: {what}; write `nats://host:4222,host:4222,host:4222/axis`")]
pub struct InvalidAddress {
    address: String,
    what: String,
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        parse(text).map_err(|what| InvalidAddress {
            // A password has no place in a log.
            address: text.rsplit_once('@').map_or(text, |(_, rest)| rest).to_owned(),
            what,
        })
    }
}

fn parse(text: &str) -> Result<Address, String> {
    let (scheme, rest) = text.split_once("://").ok_or("it names no scheme")?;
    if !["nats", "tls"].contains(&scheme) {
        return Err(format!("scheme `{scheme}` is none of `nats` and `tls`"));
    }
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (hosts, axis) = place.split_once('/').unwrap_or((place, ""));
    let (mut servers, mut user) = (Vec::new(), None);
    for host in hosts.split(',').filter(|host| !host.is_empty()) {
        let (before, name) = host
            .rsplit_once('@')
            .map_or((None, host), |(before, name)| (Some(before), name));
        if let Some(before) = before {
            let named = before.split_once(':').and_then(|(user, password)| {
                let pair = (decoded(user)?, decoded(password)?);
                (!pair.0.is_empty()).then_some(pair)
            });
            let named = named.ok_or("what stands before `@` is no `user:password`")?;
            if user.get_or_insert_with(|| named.clone()) != &named {
                return Err("it names two users".to_owned());
            }
        }
        servers.push(server(scheme, name));
    }
    if servers.is_empty() {
        return Err("it names no server".to_owned());
    }
    let axis = if axis.is_empty() { "truc" } else { axis };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !axis.bytes().all(fits) {
        return Err(format!(
            "name `{axis}` has other characters than letters, digits, `-` and `_`"
        ));
    }
    let mut address = Address {
        servers,
        user,
        axis: axis.to_owned(),
        replicas: REPLICAS,
        monitors: Vec::new(),
        keep: None,
        credentials: None,
        ca: None,
        identity: None,
    };
    let (mut certificate, mut key) = (None, None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "replicas" => {
                let replicas = value.parse().ok().filter(|replicas| (1..=5).contains(replicas));
                address.replicas = replicas.ok_or_else(|| format!("`replicas={value}` is not from 1 to 5"))?;
            }
            "monitor" => address.monitors = value.split(',').map(str::to_owned).collect(),
            "keep" => {
                let keep = value
                    .parse()
                    .map_err(|_| format!("`keep={value}` is no number of messages"))?;
                address.keep = Some(keep);
            }
            "credentials" => address.credentials = Some(value.into()),
            "ca" => address.ca = Some(value.into()),
            "certificate" => certificate = Some(PathBuf::from(value)),
            "key" => key = Some(PathBuf::from(value)),
            _ => {
                return Err(format!(
                    "`{name}` is none of `replicas`, `monitor`, `keep`, `credentials`, `ca`, `certificate` and `key`"
                ));
            }
        }
    }
    address.identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => return Err("`certificate` and `key` go together".to_owned()),
    };
    Ok(address)
}

/// Text in which some characters are written as `%40`; `None` where that is wrong.
fn decoded(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = after;
            continue;
        }
        let digits = std::str::from_utf8(after.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok()
}

fn server(scheme: &str, host: &str) -> String {
    // What stands in brackets is an IPv6 address.
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
    match has_port {
        true => format!("{scheme}://{host}"),
        false => format!("{scheme}://{host}:{PORT}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_printed() {
        let address: Address = "nats://hub:SECRET@a/axis".parse().unwrap();
        let printed = format!("{address:?}");
        assert!(printed.contains("hub") && !printed.contains("SECRET"), "{printed}");
    }

    #[test]
    fn an_address_says_all_that_is_needed() {
        let address: Address =
            "tls://a,b:4333,u:p%40%2c%2f:@[::1]/vn?replicas=1&keep=100&monitor=a:8222,b:8222&ca=/r.pem&certificate=/c.pem&key=/k.pem"
                .parse()
                .unwrap();
        assert_eq!(address.servers, ["tls://a:4222", "tls://b:4333", "tls://[::1]:4222"]);
        assert_eq!(address.user, Some(("u".to_owned(), "p@,/:".to_owned())));
        assert_eq!((address.axis.as_str(), address.replicas), ("vn", 1));
        assert_eq!(address.keep, Some(100));
        assert_eq!(address.monitors, ["a:8222", "b:8222"]);
        assert_eq!(address.ca, Some("/r.pem".into()));
        assert_eq!(address.identity, Some(("/c.pem".into(), "/k.pem".into())));
    }

    #[test]
    fn a_short_address_is_a_good_one() {
        let address: Address = "nats://localhost".parse().unwrap();
        assert_eq!(address.servers, ["nats://localhost:4222"]);
        assert_eq!((address.axis.as_str(), address.replicas), ("truc", 3));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, what) in [
            ("localhost:4222", "no scheme"),
            ("http://localhost", "`http`"),
            ("nats:///vn", "no server"),
            ("nats://a/v.n", "`v.n`"),
            ("nats://a?replicas=6", "1 to 5"),
            ("nats://a?replica=3", "`replica`"),
            ("nats://a?keep=all", "`keep=all`"),
            ("nats://a?key=k", "go together"),
            ("nats://u@a", "`user:password`"),
            ("nats://u:%4@a", "`user:password`"),
            ("nats://u:%é@a", "`user:password`"),
            ("nats://u:p@a,u:q@b", "two users"),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        let error = "nats://user:secret@a/v.n".parse::<Address>().unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}
