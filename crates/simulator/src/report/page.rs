//! `report.html`: one file that asks nobody for anything, to be sent to a director or a colleague.

mod head;
mod measures;
mod parts;
mod proof;
mod table;

use maud::{DOCTYPE, PreEscaped, html};

use super::{Language, RunReport};

impl RunReport {
    /// The page in one language.
    pub fn html(&self, language: Language) -> String {
        let page = html! {
            (DOCTYPE)
            html lang=(language) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    // Nothing is fetched, whatever a title says.
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                    meta name="color-scheme" content="light dark";
                    title { (self.scenario.title) }
                    style { (PreEscaped(include_str!("page/page.css"))) }
                }
                body {
                    (head::head(self, language))
                    main {
                        (head::thresholds(self, language))
                        (table::figures(&self.report, language))
                        (proof::conservation(self, language))
                        (table::provinces(self, language))
                        section.pair {
                            div { (table::levels(&self.report, language)) }
                            div { (table::pace(&self.report, language)) }
                        }
                        (table::refusals(&self.report, language))
                        (measures::measures(self, language))
                    }
                    (proof::footer(self, language))
                }
            }
        };
        page.into_string()
    }
}
