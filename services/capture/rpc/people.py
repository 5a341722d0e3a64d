"""Answers about people: what is known, who may be one, merges."""

from services.capture.usecases import comparing, merging, overlaying, profiles
from services.capture.usecases.merging import Grounds
from shared.contracts import calls
from shared.contracts.calls import (
    DecideReviewReply,
    DecideReviewRequest,
    MergeReply,
    MergeRequest,
    OverlayReply,
    OverlayRequest,
    PersonReply,
    ProfileRequest,
    ReviewsReply,
    ReviewsRequest,
    UnmergeReply,
    UnmergeRequest,
)
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class PeopleCalls:
    """People: look, decide who is one, merge, undo, overlay."""

    runtime: Runtime

    @answers(calls.PERSON)
    def person(self, request: ProfileRequest) -> PersonReply:
        """What is known of somebody, and how it came."""
        with self.runtime.begin() as tx:
            return profiles.person(tx.session, request.person_id)

    @answers(calls.REVIEWS)
    def reviews(self, request: ReviewsRequest) -> ReviewsReply:
        """People who may be one."""
        with self.runtime.begin() as tx:
            return profiles.reviews(tx.session, request)

    @answers(calls.DECIDE_REVIEW)
    def decide_review(self, request: DecideReviewRequest) -> DecideReviewReply:
        """Somebody says whether two are one."""
        with self.runtime.begin() as tx:
            review, merge = comparing.decide(tx, request.review_id, request.decision, request.by)
            return DecideReviewReply(
                review_id=review.key,
                state=review.state,  # type: ignore[arg-type]
                merge_id=merge.id if merge else None,
            )

    @answers(calls.MERGE)
    def merge(self, request: MergeRequest) -> MergeReply:
        """Makes one of two."""
        with self.runtime.begin() as tx:
            merge = merging.merge(tx, request.person_id, request.other_id, Grounds(by=request.by))
            survivor = merge.survivor_id if merge else profiles.person(tx.session, request.person_id).current_id
            return MergeReply(survivor_id=survivor, merge_id=merge.id if merge else None)

    @answers(calls.UNMERGE)
    def unmerge(self, request: UnmergeRequest) -> UnmergeReply:
        """Makes two of one again."""
        with self.runtime.begin() as tx:
            row = merging.unmerge(tx, request.merge_id, request.by)
            assert row.undone_at is not None
            return UnmergeReply(
                merge_id=row.id, absorbed_id=row.absorbed_id, survivor_id=row.survivor_id, undone_at=row.undone_at
            )

    @answers(calls.OVERLAY)
    def overlay(self, request: OverlayRequest) -> OverlayReply:
        """Files values that the person did not say."""
        with self.runtime.begin() as tx:
            person_id, learnt, unusable = overlaying.overlay(
                tx, request.person_id, request.values, request.origin, kind=request.kind
            )
            return OverlayReply(person_id=person_id, learnt=learnt, unusable=unusable)
