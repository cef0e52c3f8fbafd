//! The commands that README.md and README.vi.md show are run as a newcomer types them, one after the other.

mod truc;

use std::{collections::BTreeSet, path::Path, process::Command};

use truc::{Done, Terminal, repository};

/// Blocks of ```` ```sh ````, line by line.
fn shown(readme: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for block in readme.split("```sh\n").skip(1) {
        let (block, _) = block.split_once("```").expect("the end of a block");
        lines.extend(block.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    }
    lines
}

/// Commands of `truc` within sentences, such as `truc --help`.
fn mentioned(readme: &str) -> BTreeSet<String> {
    let spans = readme.split('`').skip(1).step_by(2);
    spans
        .filter_map(|span| span.strip_prefix("truc "))
        .filter_map(|rest| rest.split_whitespace().next().map(str::to_owned))
        .collect()
}

/// Types a line into a shell in which `truc` is installed.
fn typed(terminal: &Terminal, line: &str) -> Done {
    let binary = Path::new(env!("CARGO_BIN_EXE_truc")).parent().expect("its folder");
    let path = std::env::var("PATH").expect("a path");
    let truc = terminal.command();
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(terminal.path(""));
    shell.env("PATH", format!("{}:{path}", binary.display()));
    for (name, _) in truc.get_envs().map(|(name, value)| (name.to_owned(), value)) {
        shell.env_remove(name);
    }
    let output = shell.output().expect("a shell");
    Done {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A document id in the output of a command.
fn id_in(output: &str) -> Option<String> {
    let is_id = |word: &&str| word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let words = output.split(|character: char| !character.is_ascii_hexdigit() && character != '-');
    words.into_iter().find(is_id).map(str::to_owned)
}

fn check(file: &str) {
    let text = std::fs::read_to_string(repository(file)).expect("a README");
    let terminal = Terminal::new();
    terminal.write(file, &text);
    let makefile = std::fs::read_to_string(repository("Makefile")).expect("a Makefile");
    let (mut sandbox, mut document, mut run) = (None, None::<String>, Vec::new());
    for line in shown(&text) {
        let command = line.split(" #").next().unwrap_or_default().trim();
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            ["make", target] => assert!(makefile.contains(&format!("\n{target}:")), "{file}: {line}"),
            ["cargo", "install", "--path", path] => {
                assert!(
                    Path::new(&repository(path)).join("Cargo.toml").exists(),
                    "{file}: {line}"
                );
            }
            // In a terminal of its own, and here on a port of its own.
            ["truc", "up"] => sandbox = Some(terminal.up(&[])),
            ["truc", subcommand, ..] => {
                assert!(sandbox.is_some(), "{file}: `{line}` comes before `truc up`");
                let typed_line = match &document {
                    Some(id) => line.replace("DOCUMENT", id),
                    None => line.clone(),
                };
                let done = typed(&terminal, &typed_line);
                assert_eq!(done.code, 0, "{file}: {line}: {done:?}");
                assert!(!done.stdout.trim().is_empty(), "{file}: {line}: {done:?}");
                if subcommand == "send" {
                    document = Some(id_in(&done.stdout).unwrap_or_else(|| panic!("no id: {done:?}")));
                }
                if subcommand == "track" {
                    let subject = "Góp ý dự thảo quy chế";
                    assert!(done.stdout.contains(subject), "{file}: {done:?}");
                }
                run.push(subcommand.to_owned());
            }
            _ => panic!("{file}: nobody knows how to test `{line}`"),
        }
    }
    assert_eq!(run, ["send", "fetch", "track"], "{file}");
    for command in mentioned(&text) {
        let line = if command.starts_with('-') {
            format!("truc {command}")
        } else {
            format!("truc {command} --help")
        };
        let done = typed(&terminal, &line);
        assert_eq!(done.code, 0, "{file}: {line}: {done:?}");
    }
}

#[test]
fn commands_of_the_readme_run() {
    check("README.md");
}

#[test]
fn commands_of_the_vietnamese_readme_run() {
    check("README.vi.md");
}
