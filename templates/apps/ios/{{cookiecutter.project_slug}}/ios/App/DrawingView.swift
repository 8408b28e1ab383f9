import SwiftUI

/// A square to draw on, in white on black: ink is bright, as in the training data.
struct DrawingView: View {
    @Binding var drawing: Drawing
    let onEnd: () -> Void

    var body: some View {
        Canvas { context, _ in
            context.stroke(drawing.strokes, with: .color(.white), style: drawing.pen)
        }
        .background(.black)
        .aspectRatio(1, contentMode: .fit)
        .onGeometryChange(for: CGFloat.self, of: { $0.size.width }) { drawing.side = $0 }
        .gesture(
            DragGesture(minimumDistance: 0)
                .onChanged { drawing.add($0.location, isFirst: $0.location == $0.startLocation) }
                .onEnded { _ in onEnd() }
        )
        .accessibilityLabel("Drawing area")
    }
}

/// The strokes that were drawn on a square.
struct Drawing {
    /// Width and height of the picture for the model.
    static let picture = 64

    private(set) var strokes = Path()
    var side: CGFloat = 0

    /// For the height of the square as thick as in the training data.
    var pen: StrokeStyle {
        StrokeStyle(lineWidth: side / 9, lineCap: .round, lineJoin: .round)
    }

    mutating func add(_ point: CGPoint, isFirst: Bool) {
        if isFirst { strokes.move(to: point) }
        strokes.addLine(to: point)  // for the first point, a dot
    }

    mutating func wipe() {
        strokes = Path()
    }

    /// Returns the grey values of the drawing, row by row; nil if there is none.
    func picture() -> [UInt8]? {
        if strokes.isEmpty { return nil }
        var pixels = [UInt8](repeating: 0, count: Self.picture * Self.picture)
        pixels.withUnsafeMutableBytes { draw(into: $0) }
        return pixels
    }

    private func draw(into pixels: UnsafeMutableRawBufferPointer) {
        let context = CGContext(
            data: pixels.baseAddress,
            width: Self.picture,
            height: Self.picture,
            bitsPerComponent: 8,
            bytesPerRow: Self.picture,
            space: CGColorSpaceCreateDeviceGray(),
            bitmapInfo: CGImageAlphaInfo.none.rawValue
        )
        context?.concatenate(filling(CGFloat(Self.picture)))
        context?.addPath(strokes.strokedPath(pen).cgPath)
        context?.setFillColor(gray: 1, alpha: 1)
        context?.fillPath()
    }

    /// The training data fills its frame, so the drawing is moved and scaled to fill it too.
    private func filling(_ frame: CGFloat) -> CGAffineTransform {
        let ink = strokes.boundingRect
        let scale = frame / (max(ink.width, ink.height) + pen.lineWidth)
        return CGAffineTransform(translationX: frame / 2, y: frame / 2)
            .scaledBy(x: scale, y: -scale)  // Core Graphics counts rows from the bottom
            .translatedBy(x: -ink.midX, y: -ink.midY)
    }
}
