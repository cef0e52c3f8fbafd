//! Which namespace an element is in, and what is made of one that is unknown.

use std::io::Read;

use quick_xml::{events::BytesStart, name::ResolveResult};

use super::{
    super::{
        super::{FindingCode, NAMESPACE, NAMESPACE_PROVINCIAL, Position, names::NAMESPACE_SIGNATURE},
        tree::Space,
    },
    Parser, ROOT_PROVINCIAL,
};

impl<R: Read> Parser<'_, '_, R> {
    /// The namespace that the package should be in, by the name of its root; `start` is that where none is open yet.
    pub(super) fn own_namespace(&self, start: &BytesStart<'_>) -> &'static str {
        let provincial = match self.open.first() {
            Some(root) => &*root.name == ROOT_PROVINCIAL,
            None => start.local_name().as_ref() == ROOT_PROVINCIAL,
        };
        if provincial { NAMESPACE_PROVINCIAL } else { NAMESPACE }
    }

    pub(super) fn space(&mut self, start: &BytesStart<'_>, at: Position) -> Space {
        let (resolved, _) = self.reader.resolver().resolve_element(start.name());
        let own = self.own_namespace(start);
        match resolved {
            ResolveResult::Bound(namespace) if namespace.as_ref() == own => Space::Package,
            ResolveResult::Bound(namespace) if namespace.as_ref() == NAMESPACE_SIGNATURE => Space::Signature,
            // A root in another namespace is judged by its name; so is all that is in the same.
            ResolveResult::Bound(namespace) if self.open.is_empty() || self.report.is_guessed(namespace.as_ref()) => {
                self.report
                    .guessed_namespace(FindingCode::NamespaceUnexpected, namespace.as_ref(), at, own);
                Space::Guessed
            }
            ResolveResult::Bound(_) => Space::Foreign,
            ResolveResult::Unbound => {
                self.report
                    .guessed_namespace(FindingCode::NamespaceUnexpected, "", at, own);
                Space::Guessed
            }
            ResolveResult::Unknown(prefix) => {
                self.report
                    .guessed_namespace(FindingCode::UnboundPrefix, &prefix, at, own);
                Space::Guessed
            }
        }
    }
}
