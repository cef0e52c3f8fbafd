//! Dependencies point one way: proto ← document ← signature ← store ← hub; agencies know the public API only.

use std::collections::{BTreeSet, HashMap};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// From a crate, never to these, on whatever way.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("truc-proto", &["truc-document", "truc-services", "tokio", "tonic"]),
    ("truc-document", &["truc-signature", "truc-services", "tokio", "tonic"]),
    ("truc-signature", &["truc-store", "truc-services", "tokio", "tonic"]),
    ("truc-store", &["truc-hub", "truc-cluster", "truc-agency", "async-nats"]),
    ("truc-cluster", &["truc-hub", "truc-agency"]),
    (
        "truc-hub",
        &[
            "truc-cluster",
            "truc-agency",
            "truc-gateway",
            "truc-simulator",
            "async-nats",
        ],
    ),
    ("truc-agency", &["truc-store", "truc-hub", "truc-simulator"]),
    ("truc-simulator", &["truc-store", "truc-hub"]),
    ("truc-gateway", &["truc-store", "truc-hub", "truc-simulator"]),
    (
        "truc-console",
        &[
            "truc-proto",
            "truc-document",
            "truc-signature",
            "truc-agency",
            "truc-hub",
        ],
    ),
];

struct Arrows {
    names: HashMap<PackageId, String>,
    /// Normal dependencies: what a crate is built with, not what tests it.
    to: HashMap<PackageId, Vec<PackageId>>,
    members: Vec<PackageId>,
}

impl Arrows {
    fn of(metadata: Metadata) -> Self {
        let resolved = metadata.resolve.expect("a resolved graph");
        let to = resolved.nodes.into_iter().map(|node| {
            let normal = node.deps.into_iter().filter(|dependency| {
                dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal)
            });
            (node.id, normal.map(|dependency| dependency.pkg).collect())
        });
        Self {
            to: to.collect(),
            members: metadata.workspace_members,
            names: metadata
                .packages
                .into_iter()
                .map(|package| (package.id, package.name.to_string()))
                .collect(),
        }
    }

    fn member(&self, name: &str) -> &PackageId {
        let found = self.members.iter().find(|id| self.names[*id] == name);
        found.unwrap_or_else(|| panic!("`{name}` is no crate of the workspace"))
    }

    fn reached(&self, from: &PackageId) -> BTreeSet<&str> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(id) = open.pop() {
            for next in &self.to[id] {
                if reached.insert(next) {
                    open.push(next);
                }
            }
        }
        reached.into_iter().map(|id| self.names[id].as_str()).collect()
    }
}

fn arrows() -> Arrows {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    Arrows::of(
        MetadataCommand::new()
            .manifest_path(manifest)
            .exec()
            .expect("cargo metadata"),
    )
}

#[test]
fn no_arrow_runs_the_wrong_way() {
    let arrows = arrows();
    for (from, forbidden) in FORBIDDEN {
        let reached = arrows.reached(arrows.member(from));
        for to in *forbidden {
            assert!(!reached.contains(to), "`{from}` must not reach `{to}`");
        }
    }
}

#[test]
fn the_way_down_is_found() {
    // Without this the test above would pass on an empty graph.
    let arrows = arrows();
    let reached = arrows.reached(arrows.member("truc-hub"));
    for to in [
        "truc-store",
        "truc-signature",
        "truc-document",
        "truc-proto",
        "tokio",
        "tonic",
    ] {
        assert!(reached.contains(to), "`truc-hub` is built on `{to}`");
    }
    assert!(arrows.reached(arrows.member("truc-agency")).contains("truc-services"));
}

#[test]
fn nothing_but_tests_is_built_on_the_command() {
    let arrows = arrows();
    for member in &arrows.members {
        let name = &arrows.names[member];
        let builds_on_command = arrows.reached(member).contains("truc");
        assert!(
            !builds_on_command || name == "truc-tests",
            "`{name}` must not reach `truc`"
        );
    }
}

#[test]
fn only_the_adapters_name_nats() {
    let sources = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/cluster/src"));
    let names_it = |path: &std::path::Path| {
        let text = std::fs::read_to_string(path).expect("a source file");
        text.contains("async_nats")
    };
    assert!(names_it(&sources.join("nats/line.rs")));
    for entry in std::fs::read_dir(sources).expect("the sources") {
        let path = entry.expect("an entry").path();
        assert!(path.is_dir() || !names_it(&path), "`{}`", path.display());
    }
}
