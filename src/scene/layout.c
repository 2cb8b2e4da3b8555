#include "scene/layout_work.h"

#define CAPTION_WIDTH 88.0F    /* of the counts' names on the left */
#define GAP_MIN 30.0F
#define GAP_MAX 440.0F
#define GAP_ZOOM 2.5F         /* gaps grow so far only: zooming in leads to units, not to the emptiness between */
#define SQUEEZE_LEAST 0.002F
#define WHOLE_FROM 0.45F       /* how narrow columns become before headings in lanes are shortened ... */
#define BRIEF_FROM 0.2F        /* ... and left out */
#define BRIEF_ROOM 4.5F        /* times the title's size */
#define SQUEEZED_GAP 5.0F      /* between columns of an overview */
#define TERSE_BELOW 560.0F     /* canvases lower than this have no notes above two tiers */
#define SHARE_BAR 2.3F         /* times the labels' width: a bar and its percentage */
#define CABLE 14.0F

static const Manner MANNERS[] = {
    {1, false, 1, GAP_MIN}, {1, true, 1, GAP_MIN}, {0.86F, true, 1, GAP_MIN - 8}, {0.86F, true, 2, GAP_MIN - 8},
};
enum { N_MANNERS = sizeof MANNERS / sizeof *MANNERS, SQUEEZE_STEPS = 12 };

/* ---- type ---- */

/* Type grows gently on very large canvases and never goes under 13 points but on very low ones. */
static Type type_for(const View *view, Rect area, float shrink)
{
    const float room = fminf(area.w / 1280, area.h / 720);
    const float grow = view->scale * fit(sqrtf(room), area.h / view->scale < 430 ? 0.88F : 1, 1.5F);
    return (Type){.title = 16 * grow * shrink, .shape = 15.5F * grow * shrink, .small = 13 * grow};
}

Type layout_type(const View *view, Rect area) { return type_for(view, area, 1); }

float type_least(Type type) { return type.small >= 13 ? fmaxf(13, type.small * 0.92F) : type.small * 0.92F; }

/* Titles in low slots stay on one line. */
static float title_room(const Work *work, int c, Type type)
{
    const int lanes = work->columns->lanes[work->columns->column[c].depth];
    if (lanes > 1 && work->layout->area.h / (float)lanes < heading_height(type) * 3.2F) return INFINITY;
    return work->manner->narrow ? 0 : type.title * HEADING_MAX;
}

static void headings_make(const Work *work, Type type)
{
    Layout *layout = work->layout;
    int lines = 1;
    type.terse = work->manner->tiers > 1 && layout->area.h < TERSE_BELOW * work->view->scale;
    for (int c = 0; c < work->columns->n; c++) {
        Heading *heading = &layout->heading[c];
        heading_make(heading, work->arena, work->view, work->variant, work->columns, c, type);
        heading_wrap(heading, work->arena, work->view, type, title_room(work, c, type));
        if (!stacks_at(work->columns, work->columns->column[c].depth) && heading->n_titles > lines) lines = heading->n_titles;
    }
    layout->type = type;
    layout->type.lines = lines;
}

/* Of two tiers only every other heading stands beside its neighbour. */
static float heading_claim(const Work *work, int c)
{
    const bool tiered = work->manner->tiers > 1 && !stacks_at(work->columns, work->columns->column[c].depth);
    const float width = fminf(work->layout->heading[c].width, work->layout->type.title * HEADING_MAX);
    if (stacks_at(work->columns, work->columns->column[c].depth)) return width * powf(work->squeeze, work->yield);
    return width * work->squeeze * (tiered ? 0.5F : 1);
}

static void widths_find(Work *work)
{
    for (int d = 0; d < work->columns->n_depths; d++) work->width[d] = 0;
    for (int c = 0; c < work->columns->n; c++) {
        const Column *column = &work->columns->column[c];
        const Block *block = &work->layout->place[c].block;
        const float own = block->area.w + 2 * rooms_pad(work, block), heading = heading_claim(work, c);
        const float width = work->layout->place[c].beside ? own + heading + BESIDE_APART : fmaxf(own, heading);
        if (column->fault) work->width[column->depth] = fmaxf(work->width[column->depth], 15 * work->layout->type.small);
        work->width[column->depth] = fmaxf(work->width[column->depth], width);
    }
    work->total = 0;
    for (int d = 0; d < work->columns->n_depths; d++) work->total += work->width[d];
}

/* Headings of one tier are two depths apart: what stands between gives them the room. */
static void tiers_part(Work *work)
{
    const Columns *columns = work->columns;
    float *heading = ARENA_ARRAY(work->arena, columns->n_depths + 1, float);
    if (work->manner->tiers < 2 || work->squeeze < 1) return;
    for (int c = 0; c < columns->n; c++)
        if (!stacks_at(columns, columns->column[c].depth)) heading[columns->column[c].depth] = work->layout->heading[c].width;
    for (int d = 0; d + 2 < columns->n_depths; d++) {
        const float apart = work->width[d] / 2 + work->width[d + 1] + work->width[d + 2] / 2 + 2 * work->manner->gap;
        const float more = (heading[d] + heading[d + 2]) / 2 + HEADINGS_APART + 2 - apart;
        if (!(heading[d] > 0) || !(heading[d + 2] > 0) || more <= 0) continue;
        work->width[d + 1] += more;
        work->total += more;
    }
}

/* Labels x[0] stand left of the first column, y[0] right of the last. */
static void margins_find(Work *work)
{
    const Columns *columns = work->columns;
    const float label = work->layout->type.small * 4;
    float first = 0, last = 0;
    for (int c = 0; c < columns->n; c++) {
        const bool has_bars = work->manner->tiers == 1 && column_is_share(&columns->column[c], work->variant->plan);
        const float bars = has_bars ? label * SHARE_BAR : 0;
        const float half = fmaxf(work->layout->place[c].block.area.w / 2 + PANEL_PAD + label + bars, work->layout->heading[c].full_width / 2);
        if (columns->column[c].depth == 0) first = fmaxf(first, half);
        if (columns->column[c].depth == columns->n_depths - 1) last = fmaxf(last, half);
    }
    const float caption = work->layout->has_counts && !work->layout->one_count_line && work->layout->area.w > 700 ? CAPTION_WIDTH * work->layout->type.small / 13 : 0;
    work->left = fmaxf(EDGE + caption, EDGE + first - work->width[0] / 2);
    work->right = fmaxf(EDGE, EDGE + last - work->width[columns->n_depths - 1] / 2);
}

/* Of very many columns the gaps take their part of what there is. */
static float gap_least(const Work *work)
{
    const float part = work->layout->body.w / (float)work->columns->n_depths;
    return fmaxf(work->manner->gap * work->squeeze, fminf(SQUEEZED_GAP, part * 0.15F));
}

static float width_needed(const Work *work)
{
    return work->left + work->right + work->total + gap_least(work) * (float)(work->columns->n_depths - 1);
}

/* Gaps take what is left, up to a length that a wire can be followed over; then the whole is centred. */
static void gaps_find(Work *work, Rect *page)
{
    const int gaps = work->columns->n_depths - 1;
    const float most = fmaxf(GAP_MAX * fit(work->view->zoom, 1, GAP_ZOOM), work->layout->body.h * 0.8F);
    page->w = fmaxf(page->w, width_needed(work));
    const float left = page->w - work->left - work->right - work->total;
    work->gap = gaps ? fit(left / (float)gaps, gap_least(work), most) : 0;
    work->layout->gap = work->gap;
    const float taken = work->left + work->right + work->total + work->gap * (float)gaps;
    page->w = fmaxf(work->layout->body.w, taken);
    const float rest = page->w - taken;
    work->left += rest > 0 ? rest / 2 : 0;
}

Point layout_pan(const Layout *layout, Point wanted)
{
    const float most_x = fmaxf(layout->page.w - layout->body.w, 0), most_y = fmaxf(layout->page.h - layout->body.h, 0);
    return (Point){fit(wanted.x, -most_x, 0), fit(wanted.y, -most_y, 0)};
}

void layout_align(Layout *layout, int n, const float *centre)
{
    for (int c = 0; c < n; c++) {
        Place *place = &layout->place[c];
        if (isnan(centre[c])) continue;
        const float by = centre[c] - place->centre;
        place->centre += by;
        place->left += by;
        place->right += by;
        place->room.x += by;
        const float half = fminf(place->heading.w / 2, fminf(centre[c] - layout->area.x, layout->area.x + layout->area.w - centre[c]) - 6);
        place->heading.x = centre[c] - half;
        place->heading.w = 2 * half;
        place->panel.x += by;
        place->block.area.x += by;
    }
}

/* ---- all ---- */

static Rect page_for(const Work *work)
{
    const float zoom = work->view->zoom > 0 ? work->view->zoom : 1;
    const Rect body = work->layout->body;
    return (Rect){body.x, body.y, body.w * fmaxf(zoom, 1), body.h * fmaxf(zoom, 1)};
}

/* In very low lanes there is room for a few words at the side only. */
static void lanes_lower(const Work *work)
{
    Layout *layout = work->layout;
    for (int c = 0; c < work->columns->n; c++) {
        layout->place[c].beside = rooms_lane_is_low(work, c);
        if (layout->place[c].beside) heading_shorten(&layout->heading[c], work->arena, work->view, layout->type, INFINITY);
    }
}

/* Words, heights and what blocks make of them. */
static void widths_measure(Work *work, const int64_t *show)
{
    rooms_make_blocks(work, show, work->layout->page);
    widths_find(work);
    tiers_part(work);
    margins_find(work);
}

static void measure(Work *work, const int64_t *show, const Manner *manner)
{
    work->manner = manner;
    headings_make(work, type_for(work->view, work->layout->area, manner->shrink));
    rooms_find_body(work);
    work->layout->page = page_for(work);
    lanes_lower(work);
    const float depths = (float)work->columns->n_depths;
    work->share = fit(work->layout->page.w / depths * 0.62F, 44, SHARE_MAX * fmaxf(work->view->zoom, 1));
    widths_measure(work, show);
}

/* Columns are narrower until they take no more than the room. */
static void squeeze_into(Work *work, const int64_t *show, float room)
{
    float low = SQUEEZE_LEAST, high = 1;
    for (int i = 0; i < SQUEEZE_STEPS; i++) {
        work->squeeze = (low + high) / 2;
        widths_measure(work, show);
        if (width_needed(work) > room) high = work->squeeze;
        else low = work->squeeze;
    }
    work->squeeze = low;
    widths_measure(work, show);
}

static void lanes_shorten(const Work *work)
{
    const Layout *layout = work->layout;
    for (int c = 0; c < work->columns->n; c++)
        if (stacks_at(work->columns, work->columns->column[c].depth) && !layout->place[c].beside)
            heading_shorten(&layout->heading[c], work->arena, work->view, layout->type, layout->type.title * BRIEF_ROOM);
}

/* An overview: headings in lanes have nowhere else to go, so they keep their width as long as that can be, in few words
 * rather than not at all. */
static void squeeze(Work *work, const int64_t *show)
{
    const float room = fmaxf(work->layout->page.w, work->layout->needed * work->view->zoom);
    work->yield = 0;
    squeeze_into(work, show, room);
    if (work->squeeze >= WHOLE_FROM) return;
    lanes_shorten(work);
    squeeze_into(work, show, room);
    if (work->squeeze >= BRIEF_FROM) return;
    work->yield = 1;
    squeeze_into(work, show, room);
}

void layout_make(Layout *layout, Arena *arena, const View *view, const Variant *variant, const Columns *columns, Rect area,
                 const LayoutHints *hints)
{
    *layout = (Layout){.area = area, .heading = ARENA_ARRAY(arena, columns->n + 1, Heading),
                       .place = ARENA_ARRAY(arena, columns->n + 1, Place), .cable_top = columns->n_cables ? CABLE : 0};
    Work work = {.arena = arena, .view = view, .variant = variant, .columns = columns, .layout = layout,
                 .width = ARENA_ARRAY(arena, columns->n_depths + 1, float), .squeeze = 1};
    if (!columns->n) return;
    for (int i = 0; i < N_MANNERS; i++) {
        measure(&work, hints->show, &MANNERS[i]);
        if (width_needed(&work) <= layout->page.w) break;
    }
    layout->needed = width_needed(&work);
    if (view->zoom < 1 && layout->needed > layout->page.w) squeeze(&work, hints->show);
    gaps_find(&work, &layout->page);
    const Point pan = layout_pan(layout, hints->pan);
    layout->page.x += pan.x;
    layout->page.y += pan.y;
    rooms_make_blocks(&work, hints->show, layout->page);
    places_set(&work, layout->page);
}

float layout_zoom_least(const Layout *layout)
{
    return layout->needed > layout->body.w ? layout->body.w / layout->needed : 1;
}
