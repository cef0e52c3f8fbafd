//! ExchangeService: sending and receiving, as an agency.

mod acknowledge;
mod download;
mod fetch;
mod get_document;
mod get_package;
mod list_deliveries;
mod list_documents;
mod multiplex;
mod report_status;
mod send;
mod send_many;
mod subscribe;
mod track;
mod upload;
mod upload_part;

use std::sync::Arc;

use tonic::{Request, Response, Status, Streaming};
use truc_document::{AgencyCode, Reason, Refusal};
use truc_proto::v1 as pb;
use truc_services::exchange_service_server::ExchangeService;
use truc_signature::Caller;
use truc_store::state::{AgencyIndex, DocumentEntry};
use uuid::Uuid;

use crate::{
    caller,
    core::Core,
    faults,
    lasting::{Answers, Lasting},
    status::{malformed, refused},
};

pub(crate) struct Exchange(pub(crate) Arc<Core>);

impl Exchange {
    /// The agency that calls.
    fn agency<T>(&self, request: &Request<T>) -> Result<AgencyCode, Status> {
        caller::agency(self.0.callers.of(request, &self.0)?)
    }

    /// The agency that calls, with its place in the directory.
    fn known<T>(&self, request: &Request<T>) -> Result<(AgencyCode, AgencyIndex), Status> {
        let code = self.agency(request)?;
        let index = index_of(&self.0, &code)?;
        Ok((code, index))
    }
}

/// Where an agency stands in the directory.
fn index_of(core: &Core, code: &AgencyCode) -> Result<AgencyIndex, Status> {
    core.state.read().directory.find(code).ok_or_else(|| {
        let message = format!("agency `{code}` is not in the directory; register it first");
        refused(&Refusal::new(Reason::SenderUnknown, message))
    })
}

fn document_id(text: &str) -> Result<Uuid, Status> {
    Uuid::try_parse(text).map_err(|_| malformed("document_id", format!("`{text}` is no document id; it is a UUID")))
}

fn unknown_document(id: Uuid) -> Status {
    let refusal = Refusal::new(
        Reason::ReferenceUnknown,
        format!("document `{id}` is not known to the axis"),
    );
    refused(&refusal.field("document_id"))
}

fn not_yours(id: Uuid) -> Status {
    let message = format!("document `{id}` was neither sent nor received by the caller");
    refused(&Refusal::new(Reason::NotYourDocument, message).field("document_id"))
}

/// The document, where the caller may see it.
fn party_to(core: &Core, caller: &Caller, id: Uuid) -> Result<DocumentEntry, Status> {
    let state = core.state.read();
    let (_, entry) = state.documents.find(id).ok_or_else(|| unknown_document(id))?;
    if let Caller::Agency(code) = caller {
        let agency = state.directory.find(code);
        if !agency.is_some_and(|agency| state.is_party(entry, agency)) {
            return Err(not_yours(id));
        }
    }
    Ok(entry.clone())
}

#[tonic::async_trait]
impl ExchangeService for Exchange {
    async fn send(&self, request: Request<pb::SendRequest>) -> Result<Response<pb::SendResponse>, Status> {
        let caller = self.agency(&request)?;
        send::send(&self.0, caller, request.into_inner())
            .await
            .map(Response::new)
    }

    type SendManyStream = Answers<pb::SendManyResponse>;

    async fn send_many(
        &self,
        request: Request<Streaming<pb::SendManyRequest>>,
    ) -> Result<Response<Self::SendManyStream>, Status> {
        let caller = self.agency(&request)?;
        let lasting = Lasting::of(&self.0, &request);
        let answers = send_many::send_many(Arc::clone(&self.0), caller, request.into_inner());
        Ok(Response::new(lasting.hold(answers)))
    }

    async fn upload(
        &self,
        request: Request<Streaming<pb::UploadRequest>>,
    ) -> Result<Response<pb::UploadResponse>, Status> {
        let (agency, _) = self.known(&request)?;
        upload::upload(&self.0, &agency, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn upload_part(
        &self,
        request: Request<pb::UploadPartRequest>,
    ) -> Result<Response<pb::UploadPartResponse>, Status> {
        let (agency, index) = self.known(&request)?;
        upload_part::upload_part(&self.0, &agency, index, request.into_inner())
            .await
            .map(Response::new)
    }

    type DownloadStream = Answers<pb::DownloadResponse>;

    async fn download(&self, request: Request<pb::DownloadRequest>) -> Result<Response<Self::DownloadStream>, Status> {
        let caller = self.0.callers.of(&request, &self.0)?;
        let lasting = Lasting::of(&self.0, &request);
        let request = request.into_inner();
        let document = request.document_id.clone();
        let stream = download::download(Arc::clone(&self.0), &caller, request).await?;
        Ok(Response::new(match caller {
            Caller::Agency(agency) => lasting.hold(faults::download::meet(&self.0, &agency, &document, stream).await?),
            Caller::Operator => lasting.hold(stream),
        }))
    }

    async fn fetch(&self, request: Request<pb::FetchRequest>) -> Result<Response<pb::FetchResponse>, Status> {
        let (agency, index) = self.known(&request)?;
        fetch::fetch(&self.0, &agency, index, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_deliveries(
        &self,
        request: Request<pb::ListDeliveriesRequest>,
    ) -> Result<Response<pb::ListDeliveriesResponse>, Status> {
        let (_, index) = self.known(&request)?;
        list_deliveries::list_deliveries(&self.0, index, &request.into_inner()).map(Response::new)
    }

    type SubscribeStream = Answers<pb::SubscribeResponse>;

    async fn subscribe(
        &self,
        request: Request<pb::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let (agency, index) = self.known(&request)?;
        let lasting = Lasting::of(&self.0, &request);
        let stream = subscribe::subscribe(Arc::clone(&self.0), agency, index, &request.into_inner())?;
        Ok(Response::new(lasting.hold(stream)))
    }

    async fn acknowledge(
        &self,
        request: Request<pb::AcknowledgeRequest>,
    ) -> Result<Response<pb::AcknowledgeResponse>, Status> {
        let (agency, _) = self.known(&request)?;
        acknowledge::acknowledge(&self.0, &agency, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn report_status(
        &self,
        request: Request<pb::ReportStatusRequest>,
    ) -> Result<Response<pb::ReportStatusResponse>, Status> {
        let (agency, _) = self.known(&request)?;
        report_status::report_status(&self.0, &agency, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn report_statuses(
        &self,
        request: Request<pb::ReportStatusesRequest>,
    ) -> Result<Response<pb::ReportStatusesResponse>, Status> {
        let (agency, _) = self.known(&request)?;
        report_status::report_statuses(&self.0, &agency, request.into_inner())
            .await
            .map(Response::new)
    }

    type MultiplexStream = Answers<pb::MultiplexResponse>;

    async fn multiplex(
        &self,
        request: Request<Streaming<pb::MultiplexRequest>>,
    ) -> Result<Response<Self::MultiplexStream>, Status> {
        let (caller, until) = self.0.callers.until(&request, &self.0)?;
        let code = caller::agency(caller)?;
        let lasting = Lasting::of(&self.0, &request);
        let opener = multiplex::Attached { code, until };
        let answers = multiplex::multiplex(Arc::clone(&self.0), opener, request.into_inner());
        Ok(Response::new(lasting.hold(answers)))
    }

    async fn track(&self, request: Request<pb::TrackRequest>) -> Result<Response<pb::TrackResponse>, Status> {
        let caller = self.0.callers.of(&request, &self.0)?;
        track::track(&self.0, &caller, &request.into_inner()).map(Response::new)
    }

    async fn list_documents(
        &self,
        request: Request<pb::ListDocumentsRequest>,
    ) -> Result<Response<pb::ListDocumentsResponse>, Status> {
        let (_, index) = self.known(&request)?;
        let core = Arc::clone(&self.0);
        // A page reads the journal once for each of its documents.
        let list = move || list_documents::list_documents(&core, index, &request.into_inner());
        self.0.workers.block(list).await?.map(Response::new)
    }

    async fn get_document(
        &self,
        request: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<pb::GetDocumentResponse>, Status> {
        let caller = self.0.callers.of(&request, &self.0)?;
        get_document::get_document(&self.0, &caller, &request.into_inner()).map(Response::new)
    }

    async fn get_package(
        &self,
        request: Request<pb::GetPackageRequest>,
    ) -> Result<Response<pb::GetPackageResponse>, Status> {
        let caller = self.0.callers.of(&request, &self.0)?;
        let core = Arc::clone(&self.0);
        // It reads files and compresses them.
        let get = move || get_package::get_package(&core, &caller, &request.into_inner());
        self.0.workers.block(get).await?.map(Response::new)
    }
}
