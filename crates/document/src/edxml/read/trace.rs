//! `TraceHeaderList`: the hops of a document, and what it does to one already sent.

use super::{
    super::{DocumentPackage, TraceHeader, TracePath},
    business,
    fields::{Fields, Name},
    report::Report,
    tree::Element,
};

pub(super) fn trace(element: &Element, package: &mut DocumentPackage, report: &mut Report) {
    let mut fields = Fields::of(element, "TraceHeaderList", report);
    for hop in fields.many("TraceHeader") {
        let path = fields.path(&hop.name);
        let mut inner = Fields::of(hop, path, fields.report());
        let organ_id = inner.text("OrganId");
        let timestamp = inner.time(Name("Timestamp", &["Time"]));
        let path = inner.one("Path").map(|element| {
            let path = inner.path(&element.name);
            let mut ends = Fields::of(element, path, inner.report());
            let path = TracePath {
                from: ends.text("From"),
                to: ends.text("To"),
            };
            ends.done();
            path
        });
        inner.done();
        package.trace.push(TraceHeader {
            organ_id,
            timestamp,
            path,
        });
    }
    package.business = fields
        .one(business::BUSINESS)
        .map(|element| business::business(element, fields.path(&element.name), fields.report()));
    fields.done_with_attributes(&["id", "version"]);
}
