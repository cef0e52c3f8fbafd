//! A small disk of its own for a hub: a tmpfs in a mount namespace, which stays when the hub is killed and can be filled.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use tempfile::TempDir;

use crate::address_of;

const ROOT_INSIDE: [&str; 3] = ["--user", "--map-root-user", "--mount"];

/// The disk, as long as it is held.
pub struct SmallDisk {
    folder: TempDir,
    /// Holds the namespace.
    holder: Child,
    _said: Option<ChildStdout>,
}

impl SmallDisk {
    /// A disk of so many MiB; `None` where this machine permits no mount namespaces.
    #[must_use]
    pub fn new(mib: u32) -> Option<Self> {
        let tried = Command::new("unshare").args(ROOT_INSIDE).arg("true").status();
        if !tried.is_ok_and(|status| status.success()) {
            return None;
        }
        let folder = TempDir::new().expect("a folder");
        let script = format!("mount -t tmpfs -o size={mib}m tmpfs \"$1\" && echo mounted && exec sleep infinity");
        let mut holder = Command::new("unshare")
            .args(ROOT_INSIDE)
            .args(["sh", "-c", &script, "sh"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare");
        assert_eq!(address_of(&mut holder), "mounted");
        Some(Self {
            folder,
            _said: holder.stdout.take(),
            holder,
        })
    }

    /// Where it is mounted, for who is started by [`SmallDisk::command`].
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same, for everybody else.
    #[must_use]
    pub fn inside(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(self.folder.path().strip_prefix("/").expect("an absolute path"))
    }

    /// Runs a program that sees the disk.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        let target = self.holder.id().to_string();
        command.args([
            "--target",
            &target,
            "--user",
            "--mount",
            "--preserve-credentials",
            program,
        ]);
        command
    }

    /// Gives it another size.
    pub fn grow(&self, mib: u32) {
        let mut remount = self.command("mount");
        remount.args(["-o", &format!("remount,size={mib}m")]).arg(self.path());
        assert!(remount.status().is_ok_and(|status| status.success()), "no other size");
    }

    /// Leaves no room.
    pub fn fill(&self) {
        let mut filler = std::fs::File::create(self.filler()).expect("a file");
        let mut bytes = vec![0; 1 << 20];
        while !bytes.is_empty() {
            if filler.write_all(&bytes).is_err() {
                bytes.truncate(bytes.len() / 2);
            }
        }
    }

    /// Makes room again.
    pub fn free(&self) {
        std::fs::remove_file(self.filler()).expect("it was filled");
    }

    fn filler(&self) -> PathBuf {
        self.inside().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.holder.kill());
        drop(self.holder.wait());
    }
}
