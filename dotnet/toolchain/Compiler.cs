// The command `csc` on the compiler as a library: the same arguments. It is
// compiled by an older compiler than it contains, as C# 8.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

static class Compiler
{
    static int Main(string[] arguments)
    {
        var given = CSharpCommandLineParser.Default.Parse(arguments, Directory.GetCurrentDirectory(), null, null);
        if (Report(given.Errors)) return 1;

        // Documentation comments are always read, so that -doc and missing ones are noticed.
        var options = given.ParseOptions;
        var trees = given.SourceFiles.Select(file =>
        {
            using (var stream = File.OpenRead(file.Path))
            {
                var text = SourceText.From(stream, given.Encoding ?? Encoding.UTF8, given.ChecksumAlgorithm);
                return CSharpSyntaxTree.ParseText(text, options, file.Path);
            }
        });
        var references = given.MetadataReferences.Select(reference =>
            MetadataReference.CreateFromFile(Path.GetFullPath(reference.Reference, given.BaseDirectory), reference.Properties));
        var name = given.CompilationName ?? Path.GetFileNameWithoutExtension(given.OutputFileName);
        var compilation = CSharpCompilation.Create(name, trees, references, given.CompilationOptions);

        Directory.CreateDirectory(given.OutputDirectory);
        var path = Path.Combine(given.OutputDirectory, given.OutputFileName);
        EmitResult result;
        using (var image = File.Create(path))
        using (var symbols = given.EmitPdb ? File.Create(Path.ChangeExtension(path, ".pdb")) : null)
        using (var documentation = given.DocumentationPath is null ? null : File.Create(given.DocumentationPath))
        {
            var emit = given.EmitOptions.WithDebugInformationFormat(DebugInformationFormat.PortablePdb);
            var resources = given.ManifestResources;
            result = compilation.Emit(image, symbols, documentation, null, resources, emit);
        }
        Report(result.Diagnostics);
        if (result.Success) return 0;
        File.Delete(path);
        return 1;
    }

    /// Prints what there is to say; whether it is an error.
    static bool Report(IEnumerable<Diagnostic> found)
    {
        var shown = found.Where(d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed).ToList();
        foreach (var diagnostic in shown) Console.WriteLine(diagnostic);
        return shown.Any(d => d.Severity == DiagnosticSeverity.Error);
    }
}
